package rt

// Queue passes items between tasks of one loop. Which of its items leaves first is the choice of its constructor: the oldest
// (NewQueue), the newest (NewLIFOQueue) or the least (NewPriorityQueue). Those who wait are served in the order in which they came:
// an item goes directly to who has waited for one longest, and nobody who comes later gets it first (statements 169 to 175).
//
// All but Put, Get and Join belongs to the loop's goroutine, or to that of a plain task.
type Queue[T any] struct {
	home
	items      fifo[T]
	ordered    store[T]             // has the items of a queue of another order; else nil
	len        int                  // items in either
	max        int                  // not positive: no bound
	getters    ring[*QueueGetOp[T]] // empty if there is an item
	putters    ring[*QueuePutOp[T]] // empty if there is room
	unfinished int                  // items that were put, less calls of TaskDone
	joiners    waiters              // empty if nothing is unfinished
	closed     bool
	from       feeder // for dumps; nil: everybody
}

// NewQueue returns a queue, first in, first out, that holds up to max items, or any number if max is not positive. It belongs to
// the loop of the first task that uses it.
func NewQueue[T any](max int) *Queue[T] { return NewQueueOn[T](nil, max) }

// NewQueueOn is NewQueue of a queue that belongs to l.
func NewQueueOn[T any](l *Loop, max int) *Queue[T] { return &Queue[T]{home: home{l}, max: max} }

// NewLIFOQueue returns a queue as NewQueue does, last in, first out: Get returns the newest item.
func NewLIFOQueue[T any](max int) *Queue[T] { return NewLIFOQueueOn[T](nil, max) }

// NewLIFOQueueOn is NewLIFOQueue of a queue that belongs to l.
func NewLIFOQueueOn[T any](l *Loop, max int) *Queue[T] {
	q := NewQueueOn[T](l, max)
	q.ordered = new(stack[T])
	return q
}

// NewPriorityQueue returns a queue as NewQueue does whose Get returns the least item by less, of equal ones the oldest: with
// cmp.Less[int] it is one of numbers. What waits for room in a full queue takes part once it is in. Put and Get take a time that
// grows with the logarithm of the number of items.
//
// Less reports whether a is less than b, an order as slices.SortFunc asks for; it must not wait or panic.
func NewPriorityQueue[T any](max int, less func(a, b T) bool) *Queue[T] {
	return NewPriorityQueueOn(nil, max, less)
}

// NewPriorityQueueOn is NewPriorityQueue of a queue that belongs to l.
func NewPriorityQueueOn[T any](l *Loop, max int, less func(a, b T) bool) *Queue[T] {
	q := NewQueueOn[T](l, max)
	q.ordered = &priority[T]{less: less}
	return q
}

// Put adds v, after waiting for room if the queue is full. It returns an error, and has not added v, if the queue is closed
// before there is room, with ErrClosed, or if it is cancelled, or thrown into. Cancel: lossless.
//
// A goroutine that is no task blocks, for which the queue must belong to a loop; it gets ErrLoopClosed if that closes before.
func (q *Queue[T]) Put(v T) error {
	_, err := block(&q.home, q.PutAsync(v), "queue.Put(v)", "rt.NewQueueOn")
	return err
}

// PutAsync is Put in an async function.
func (q *Queue[T]) PutAsync(v T) Awaitable[struct{}] {
	op := new(QueuePutOp[T])
	op.Init(q, v)
	return op
}

// Get removes the next item and returns it, after waiting for one if the queue is empty. It returns ErrClosed if the queue is
// closed and empty, or an error if it is cancelled, or thrown into. Cancel: lossless; an item that was handed over is returned,
// and the next await fails.
//
// A goroutine that is no task blocks, for which the queue must belong to a loop; it gets ErrLoopClosed if that closes before.
func (q *Queue[T]) Get() (T, error) {
	return block(&q.home, q.GetAsync(), "queue.Get()", "rt.NewQueueOn")
}

// GetAsync is Get in an async function.
func (q *Queue[T]) GetAsync() Awaitable[T] {
	op := new(QueueGetOp[T])
	op.Init(q)
	return op
}

// Join waits until TaskDone was called for every item that was put; it returns at once if that is so. It does not matter to it
// whether the queue is closed. It returns an error only if it is cancelled, or thrown into (statement 174). Cancel: lossless.
//
// A goroutine that is no task blocks, for which the queue must belong to a loop; it gets ErrLoopClosed if that closes before.
func (q *Queue[T]) Join() error {
	_, err := block(&q.home, q.JoinAsync(), "queue.Join()", "rt.NewQueueOn")
	return err
}

// JoinAsync is Join in an async function.
func (q *Queue[T]) JoinAsync() Awaitable[struct{}] { return &QueueJoinOp[T]{queue: q} }

// TryPut adds v if there is room, and reports whether there was; false once the queue is closed.
func (q *Queue[T]) TryPut(v T) bool {
	q.loop.check("queue.TryPut")
	switch {
	case q.closed:
		return false
	case q.getters.first != nil:
		op := q.getters.pop()
		op.value = v
		op.fiber.Wake()
	case q.max > 0 && q.len >= q.max:
		return false
	default:
		q.add(v)
	}
	q.unfinished++
	return true
}

// TryGet removes the next item and returns it; ok is false if there is none.
func (q *Queue[T]) TryGet() (v T, ok bool) {
	q.loop.check("queue.TryGet")
	if q.len == 0 {
		return v, false
	}
	v = q.take()
	if q.putters.first != nil {
		op := q.putters.pop()
		q.add(op.value)
		q.unfinished++
		op.fiber.Wake()
	}
	return v, true
}

// TaskDone says that whoever got an item is done with it, for Join. It panics with Misuse if that was said of all items before
// (statement 174).
func (q *Queue[T]) TaskDone() {
	q.loop.check("queue.TaskDone")
	if q.unfinished == 0 {
		panic(Misuse("rt: TaskDone of a queue all of whose items are done: call it once for each item that was got"))
	}
	q.finish(1)
}

// finish takes n items from those that Join waits for.
func (q *Queue[T]) finish(n int) {
	if q.unfinished -= n; q.unfinished == 0 {
		q.joiners.wakeAll()
	}
}

// Close ends the queue: Put fails with ErrClosed from now on, also where it waits for room, and Get when the items that are left
// have been taken. Closing again is nothing.
func (q *Queue[T]) Close() {
	q.loop.check("queue.Close")
	q.closed = true
	for op := q.putters.pop(); op != nil; op = q.putters.pop() {
		op.fiber.deliver(ErrClosed)
		op.fiber.Wake()
	}
	for op := q.getters.pop(); op != nil; op = q.getters.pop() {
		op.fiber.deliver(ErrClosed)
		op.fiber.Wake()
	}
}

// CloseNow is Close of a queue whose items nobody shall get: it removes and returns them, in the order in which they would have
// left. They count as done (statement 175).
func (q *Queue[T]) CloseNow() (left []T) {
	q.loop.check("queue.CloseNow")
	q.Close()
	for q.len > 0 {
		left = append(left, q.take())
	}
	q.finish(len(left))
	return left
}

// Closed reports whether Close or CloseNow was called.
func (q *Queue[T]) Closed() bool { return q.closed }

// Len returns how many items are in the queue.
func (q *Queue[T]) Len() int { return q.len }

// add puts v where it belongs.
func (q *Queue[T]) add(v T) {
	q.len++
	if q.ordered != nil {
		q.ordered.push(v)
		return
	}
	q.items.push(v)
}

// take removes the next item; there must be one.
func (q *Queue[T]) take() T {
	q.len--
	if q.ordered != nil {
		return q.ordered.pop()
	}
	return q.items.pop()
}

// settle makes the queue the loop's that fb runs on.
func (q *Queue[T]) settle(fb *Fiber) {
	if q.bind(fb.loop) {
		q.getters, q.putters, q.joiners = ring[*QueueGetOp[T]]{}, ring[*QueuePutOp[T]]{}, waiters{}
	}
}
