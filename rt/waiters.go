package rt

// The operations that Select takes: what makes them, and whether they are ready.

// GetOp returns Get as an operation, for Select.
func (q *Queue[T]) GetOp() *QueueGetOp[T] { return &QueueGetOp[T]{queue: q} }

// Ready reports whether there is an item, or the queue is closed.
func (op *QueueGetOp[T]) Ready() bool {
	q := op.queue
	if q == nil {
		refuseUsedUp("queue.GetOp()")
	}
	return q.Len() > 0 || q.closed
}

// PutOp returns Put as an operation, for Select.
func (q *Queue[T]) PutOp(v T) *QueuePutOp[T] { return &QueuePutOp[T]{queue: q, value: v} }

// Ready reports whether there is room, or the queue is closed.
func (op *QueuePutOp[T]) Ready() bool {
	q := op.queue
	if q == nil {
		refuseUsedUp("queue.PutOp(v)")
	}
	return q.closed || q.max <= 0 || q.Len() < q.max
}

// JoinOp returns Join as an operation, for Select.
func (q *Queue[T]) JoinOp() *QueueJoinOp[T] { return &QueueJoinOp[T]{queue: q} }

// Ready reports whether TaskDone was called for every item.
func (op *QueueJoinOp[T]) Ready() bool {
	if op.queue == nil {
		refuseUsedUp("queue.JoinOp()")
	}
	return op.queue.unfinished == 0
}

// GetOp returns Get as an operation, for Select; that it is chosen may mean that items are missing, as its Result says.
func (s *Subscription[T]) GetOp() *SubscriptionGetOp[T] {
	op := new(SubscriptionGetOp[T])
	op.Init(s)
	return op
}

// Ready reports whether there is an item, or items are missing, or the subscription has ended.
func (op *SubscriptionGetOp[T]) Ready() bool {
	if op.subscription == nil {
		refuseUsedUp("subscription.GetOp()")
	}
	return op.subscription.missed > 0 || op.get.Ready()
}

// LockOp returns Lock as an operation, for Select.
func (l *Lock) LockOp() *LockLockOp { return &LockLockOp{lock: l} }

// Ready reports whether the lock is free.
func (op *LockLockOp) Ready() bool {
	if op.lock == nil {
		refuseUsedUp("lock.LockOp()")
	}
	return !op.lock.locked
}

// AcquireOp returns Acquire as an operation, for Select.
func (s *Semaphore) AcquireOp() *SemaphoreAcquireOp { return &SemaphoreAcquireOp{semaphore: s} }

// Ready reports whether there is a permit.
func (op *SemaphoreAcquireOp) Ready() bool {
	if op.semaphore == nil {
		refuseUsedUp("semaphore.AcquireOp()")
	}
	return op.semaphore.permits > 0
}

// WaitOp returns Wait as an operation, for Select.
func (e *Event) WaitOp() *EventWaitOp { return &EventWaitOp{event: e} }

// Ready reports whether the event is set.
func (op *EventWaitOp) Ready() bool {
	if op.event == nil {
		refuseUsedUp("event.WaitOp()")
	}
	return op.event.set
}

// WaitOp returns Wait as an operation, for Select. A task counts as one that has come while its Select waits, and takes part in a round
// only if that is what its Select has completed.
func (b *Barrier) WaitOp() *BarrierWaitOp { return &BarrierWaitOp{barrier: b} }

// Ready reports whether the others of a round have come, or the barrier is broken.
func (op *BarrierWaitOp) Ready() bool {
	b := op.barrier
	if b == nil {
		refuseUsedUp("barrier.WaitOp()")
	}
	return b.broken || b.waiting+1 == b.parties
}

// WaitOp returns Wait as an operation, for Select; whose cancel leaves f alone.
func (f *Future[T]) WaitOp() *FutureWaitOp[T] { return &FutureWaitOp[T]{future: f} }

// Ready reports whether the future is done.
func (op *FutureWaitOp[T]) Ready() bool {
	if op.future == nil {
		refuseUsedUp("future.WaitOp()")
	}
	return op.future.Done()
}

// WaitOp returns Wait as an operation, for Select; whose cancel leaves t alone.
func (t *Task[T]) WaitOp() *TaskWaitOp[T] { return &TaskWaitOp[T]{task: t} }

// Ready reports whether the task has ended.
func (op *TaskWaitOp[T]) Ready() bool {
	if op.task == nil {
		refuseUsedUp("task.WaitOp()")
	}
	return op.task.Done()
}

// refuseUsedUp panics for an operation, made by what, that was given to Select after its Result was read.
func refuseUsedUp(what string) {
	panic(Misuse("rt: Select of an operation whose Result was read: make a new one with " + what))
}
