package rt

// Queue passes items between tasks of one loop, first in, first out. An item goes to who has waited for one longest, directly;
// nobody who comes later gets it first (statements 169 to 175).
//
// All but Put and Get belongs to the loop's goroutine, or to that of a plain task.
type Queue[T any] struct {
	home
	items   []T
	head    int                  // of items: those before it are gone
	max     int                  // not positive: no bound
	getters ring[*QueueGetOp[T]] // empty if there is an item
	putters ring[*QueuePutOp[T]] // empty if there is room
	closed  bool
}

// NewQueue returns a queue that holds up to max items, or any number if max is not positive. It belongs to the loop of the first
// task that uses it.
func NewQueue[T any](max int) *Queue[T] { return NewQueueOn[T](nil, max) }

// NewQueueOn returns a queue that holds up to max items and belongs to l.
func NewQueueOn[T any](l *Loop, max int) *Queue[T] { return &Queue[T]{home: home{l}, max: max} }

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

// Get removes the first item and returns it, after waiting for one if the queue is empty. It returns ErrClosed if the queue is
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

// TryPut adds v if there is room, and reports whether there was; false once the queue is closed.
func (q *Queue[T]) TryPut(v T) bool {
	switch {
	case q.closed:
		return false
	case q.getters.first != nil:
		op := q.getters.pop()
		op.value = v
		op.fiber.Wake()
		return true
	case q.max > 0 && q.Len() >= q.max:
		return false
	}
	q.push(v)
	return true
}

// TryGet removes the first item and returns it; ok is false if there is none.
func (q *Queue[T]) TryGet() (v T, ok bool) {
	if q.Len() == 0 {
		return v, false
	}
	v = q.shift()
	if op := q.putters.pop(); op != nil {
		q.push(op.value)
		op.fiber.Wake()
	}
	return v, true
}

// Close ends the queue: Put fails with ErrClosed from now on, also where it waits for room, and Get when the items that are left
// have been taken. Closing again is nothing.
func (q *Queue[T]) Close() {
	q.closed = true
	for op := q.putters.pop(); op != nil; op = q.putters.pop() {
		op.err = ErrClosed
		op.fiber.Wake()
	}
	for op := q.getters.pop(); op != nil; op = q.getters.pop() {
		op.err = ErrClosed
		op.fiber.Wake()
	}
}

// Closed reports whether Close was called.
func (q *Queue[T]) Closed() bool { return q.closed }

// Len returns how many items are in the queue.
func (q *Queue[T]) Len() int { return len(q.items) - q.head }

func (q *Queue[T]) push(v T) {
	if q.head > 0 && len(q.items) == cap(q.items) && 2*q.head >= len(q.items) {
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	q.items = append(q.items, v)
}

func (q *Queue[T]) shift() T {
	var none T
	v := q.items[q.head]
	q.items[q.head] = none
	if q.head++; q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
		if cap(q.items) > maxIdleItems {
			q.items = nil
		}
	}
	return v
}

// maxIdleItems is for how many items an empty queue keeps room.
const maxIdleItems = 256

// settle makes the queue the loop's that fb runs on.
func (q *Queue[T]) settle(fb *Fiber) {
	if q.bind(fb.loop) {
		q.getters, q.putters = ring[*QueueGetOp[T]]{}, ring[*QueuePutOp[T]]{}
	}
}

// QueuePutOp is the operation of Queue.Put.
type QueuePutOp[T any] struct {
	fiber *Fiber
	queue *Queue[T]
	link  link[*QueuePutOp[T]]
	value T
	err   error // ErrClosed
}

// Init prepares to put v into q.
func (op *QueuePutOp[T]) Init(q *Queue[T], v T) { *op = QueuePutOp[T]{queue: q, value: v} }

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
	case q.closed:
		op.err = ErrClosed
	case !q.TryPut(op.value):
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
	fb, err := op.fiber, op.err
	*op = QueuePutOp[T]{}
	if e := fb.delivered(); e != nil {
		err = e
	}
	return struct{}{}, err
}

// QueueGetOp is the operation of Queue.Get.
type QueueGetOp[T any] struct {
	fiber *Fiber
	queue *Queue[T]
	link  link[*QueueGetOp[T]]
	value T
	err   error // ErrClosed
}

// Init prepares to get an item from q.
func (op *QueueGetOp[T]) Init(q *Queue[T]) { *op = QueueGetOp[T]{queue: q} }

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
		op.err = ErrClosed
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
	fb, v, err := op.fiber, op.value, op.err
	*op = QueueGetOp[T]{}
	if e := fb.delivered(); e != nil {
		err = e
	}
	return v, err
}
