package rt

// QueuePutOp is the operation of Queue.Put.
type QueuePutOp[T any] struct {
	queue *Queue[T]
	fiber *Fiber
	link  link[*QueuePutOp[T]]
	value T
}

// Init prepares to put v into q.
func (op *QueuePutOp[T]) Init(q *Queue[T], v T) { op.queue, op.value = q, v }

// Start puts the item or begins to wait for room.
func (op *QueuePutOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	q := op.queue
	op.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	q.settle(fb)
	switch {
	case q.TryPut(op.value):
	case q.closed:
		fb.deliver(ErrClosed)
	default:
		op.link.of = op
		q.putters.add(&op.link)
		fb.Suspend(parent, op)
		return false
	}
	return fb.Ready(parent)
}

// Abort gives up the place in line; the item stays with the caller.
func (op *QueuePutOp[T]) Abort(fb *Fiber, err error) Outcome {
	op.queue.putters.remove(&op.link)
	fb.deliver(err)
	return Aborted
}

// Result returns why the item was not put, if it was not.
func (op *QueuePutOp[T]) Result() (struct{}, error) {
	var none T
	fb := op.fiber
	op.queue, op.fiber, op.value = nil, nil, none
	return struct{}{}, fb.delivered()
}

// QueueGetOp is the operation of Queue.Get.
type QueueGetOp[T any] struct {
	queue *Queue[T]
	fiber *Fiber
	link  link[*QueueGetOp[T]]
	value T
}

// Init prepares to get an item from q.
func (op *QueueGetOp[T]) Init(q *Queue[T]) { op.queue = q }

// Start gets an item or begins to wait for one.
func (op *QueueGetOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	q := op.queue
	op.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	q.settle(fb)
	v, ok := q.TryGet()
	switch {
	case ok:
		op.value = v
	case q.closed:
		fb.deliver(ErrClosed)
	default:
		op.link.of = op
		q.getters.add(&op.link)
		fb.Suspend(parent, op)
		return false
	}
	return fb.Ready(parent)
}

// Abort gives up the place in line.
func (op *QueueGetOp[T]) Abort(fb *Fiber, err error) Outcome {
	op.queue.getters.remove(&op.link)
	fb.deliver(err)
	return Aborted
}

// Result returns the item, or why there is none.
func (op *QueueGetOp[T]) Result() (T, error) {
	var none T
	fb, v := op.fiber, op.value
	op.queue, op.fiber, op.value = nil, nil, none
	return v, fb.delivered()
}

// QueueJoinOp is the operation of Queue.Join.
type QueueJoinOp[T any] struct {
	place
	queue *Queue[T]
}

// Init prepares to wait for the items of q.
func (op *QueueJoinOp[T]) Init(q *Queue[T]) { op.queue = q }

// Start begins the wait.
func (op *QueueJoinOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	q := op.queue
	if op.enter(fb) {
		q.settle(fb)
		if q.unfinished > 0 {
			return op.wait(op, &q.joiners, fb, parent)
		}
	}
	return fb.Ready(parent)
}

// Result returns why the wait ended with items that are not done, if it did.
func (op *QueueJoinOp[T]) Result() (struct{}, error) {
	op.queue = nil
	return op.result()
}
