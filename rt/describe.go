package rt

import "fmt"

// Waiting says what a fiber waits for.
type Waiting struct {
	// What is it in a few words: "a lock", "descriptor 7 to be readable", "a timer, due in 3s".
	What string `json:"what"`
	// Place is the place in the line of those who wait for it, from 1; 0 if there is no line, or it is a long one.
	Place int `json:"place,omitempty"`
	// For are the fibers whose progress would end the wait: the task that is awaited, who has the lock.
	For []*Fiber `json:"-"`
	// Any says that For are several ways in which the wait can end, one of which is enough. So a circle of tasks through one of them
	// need not keep the task for ever.
	Any bool `json:"any,omitempty"`
	// More says that there are other ways that no task stands for: a timer, a queue.
	More bool `json:"more,omitempty"`
}

// A Describer is an Operation that says in dumps what its fiber waits for. It is asked on the loop's goroutine while a fiber is
// suspended on it.
type Describer interface {
	Operation
	Describe() Waiting
}

// maxPlace is how far dumps count in lines, so that the dump of a line of n stays linear in n.
const maxPlace = 100

// placeOf returns w's place in line, from 1; 0 if it is beyond maxPlace.
func (ws *waiters) placeOf(w *waiter) int {
	for at, n := ws.first, 1; at != nil && n <= maxPlace; at, n = at.next, n+1 {
		if at == w {
			return n
		}
	}
	return 0
}

// length returns how many stand in line.
func (ws *waiters) length() (n int) {
	eachInRing(ws.first, (*waiter).nextInLine, func(*waiter) { n++ })
	return n
}

func (w *waiter) nextInLine() *waiter { return w.next }

// placeOf returns n's place, as that of waiters.
func (r *ring[V]) placeOf(l *link[V]) int {
	for at, n := r.first, 1; at != nil && n <= maxPlace; at, n = at.next, n+1 {
		if at == l {
			return n
		}
	}
	return 0
}

// Describe says when the sleep ends.
func (op *SleepOp) Describe() Waiting {
	return Waiting{What: "a timer, due in " + op.timer.left().String()}
}

// Describe says when the time has come.
func (op *AfterOp) Describe() Waiting {
	return Waiting{What: "a timer, due in " + op.timer.left().String()}
}

// Describe says which task is awaited.
func (op *TaskWaitOp[T]) Describe() Waiting {
	fb := &op.task.runs
	return Waiting{What: "the end of " + fb.Name(), Place: op.task.line.placeOf(&op.waiter), For: []*Fiber{fb}}
}

// Describe says that it is a future.
func (op *FutureWaitOp[T]) Describe() Waiting {
	return Waiting{What: "a future", Place: op.future.line.placeOf(&op.waiter)}
}

// Describe says who has the lock.
func (op *LockLockOp) Describe() Waiting {
	w := Waiting{What: "a lock", Place: op.line.placeOf(&op.waiter)}
	w.takenBy(op.lock)
	return w
}

// takenBy adds who has taken l, as far as that is known.
func (w *Waiting) takenBy(l *Lock) {
	if fb := l.holder; fb == nil {
		w.What += ", taken outside any task"
	} else if fb.flags&fiberEnded != 0 {
		w.What += ", taken by " + fb.Name() + ", which has ended"
	} else {
		w.What += ", taken by " + fb.Name()
		w.For = append(w.For, fb)
	}
}

// Describe says that it is a semaphore.
func (op *SemaphoreAcquireOp) Describe() Waiting {
	what := "a permit of a semaphore"
	if most := op.semaphore.max; most > 0 {
		what = fmt.Sprintf("one of %d permits of a semaphore", most)
	}
	return Waiting{What: what, Place: op.line.placeOf(&op.waiter)}
}

// Describe says that it is an event.
func (op *EventWaitOp) Describe() Waiting {
	return Waiting{What: "an event", Place: op.line.placeOf(&op.waiter)}
}

// Describe says whether the condition was notified and the lock is what it waits for.
func (op *ConditionWaitOp) Describe() Waiting {
	if op.state == conditionWaits {
		return Waiting{What: "a condition", Place: op.cond.line.placeOf(&op.link)}
	}
	w := Waiting{What: "the lock of a condition", Place: op.cond.lock.line.placeOf(&op.waiter)}
	w.takenBy(op.cond.lock)
	return w
}

// Describe says that the queue is full.
func (op *QueuePutOp[T]) Describe() Waiting {
	return Waiting{What: fmt.Sprintf("room in a queue of %d", op.queue.max), Place: op.queue.putters.placeOf(&op.link)}
}

// Describe says that the queue is empty.
func (op *QueueGetOp[T]) Describe() Waiting {
	w := Waiting{What: "an item of a queue"}
	if f := op.queue.from; f != nil {
		w = f.feeds()
	}
	w.Place = op.queue.getters.placeOf(&op.link)
	return w
}

// A feeder puts all the items of a queue.
type feeder interface {
	// feeds says what who waits for an item waits for.
	feeds() Waiting
}

func (s *Subscription[T]) feeds() Waiting { return Waiting{What: "an item of a broadcast"} }

// Describe says how many items are unfinished.
func (op *QueueJoinOp[T]) Describe() Waiting {
	return Waiting{What: fmt.Sprintf("a queue of which %d items are unfinished", op.queue.unfinished), Place: op.line.placeOf(&op.waiter)}
}

// Describe says how many tasks have come.
func (op *BarrierWaitOp) Describe() Waiting {
	b := op.barrier
	return Waiting{What: fmt.Sprintf("a barrier, to which %d of %d have come", b.waiting, b.parties)}
}

// Describe says how many functions are left to end.
func (op *GatherOp[T]) Describe() Waiting {
	return Waiting{What: functions(op.left, op.count), For: op.scope.kept(op)}
}

// Describe says how many functions are left to end.
func (op *groupWait) Describe() Waiting {
	return Waiting{What: functions(op.running, 0), For: op.scope.kept((*Group)(op))}
}

// functions counts functions that have not ended, of all if that is known.
func functions(left, all int) string {
	text := fmt.Sprint(left)
	if all > 0 {
		text += fmt.Sprintf(" of %d", all)
	}
	if left == 1 && all <= 1 {
		return text + " function to end"
	}
	return text + " functions to end"
}

// Describe says that it is a goroutine, or that there are too many.
func (op *BlockingOp[T]) Describe() Waiting {
	t := op.call.turn
	if t == nil {
		return Waiting{What: "a goroutine of Blocking"}
	}
	calls := &op.call.loop.blocking
	return Waiting{What: fmt.Sprintf("one of %d goroutines of Blocking to return", calls.max), Place: calls.line.placeOf(&t.link)}
}

// Describe says that it is a channel.
func (op *RecvOp[T]) Describe() Waiting { return Waiting{What: "a value of a channel"} }

// Describe says that it is a channel.
func (op *SendToOp[T]) Describe() Waiting { return Waiting{What: "a channel to take a value"} }

// Describe says that it is a channel.
func (op *ReceiverRecvOp[T]) Describe() Waiting {
	return Waiting{What: "a value of a channel", Place: op.receiver.line.placeOf(&op.link)}
}

// Describe says that it is another loop, of which this one knows nothing more.
func (op *OnOp[T]) Describe() Waiting { return Waiting{What: "the end of a call on another loop"} }

// kept returns the fibers of k's children, which are in s or in scopes inside it.
func (s *Scope) kept(k keeper) (list []*Fiber) {
	s.eachFiber(func(fb *Fiber) {
		if c, ok := fb.driver().(interface{ keptBy() keeper }); ok && c.keptBy() == k {
			list = append(list, fb)
		}
	})
	return list
}

// keptBy returns who has the child.
func (c *child[T]) keptBy() keeper { return c.of }
