package rt

// readyQueue is what is ready to run, first in, first out: fibers to resume, and between them, each a nil, calls. It is a ring;
// positions count up for ever, so that one noted earlier (the end of a turn) stays right when the ring grows or something goes
// back to its front.
type readyQueue struct {
	ring       []*Fiber // its length is a power of two, at least minRing
	mask       uint     // that length less 1
	head, tail uint
	peak       uint // how full it was lately: the most that a turn began with, fading while it is empty
	calls      callQueue
}

const minRing = 64

func newReadyQueue() readyQueue {
	return readyQueue{ring: make([]*Fiber, minRing), mask: minRing - 1}
}

// push queues fb; it is inlined where tasks switch.
func (q *readyQueue) push(fb *Fiber) {
	if q.tail-q.head > q.mask {
		q.grow()
	}
	q.ring[q.tail&q.mask] = fb
	q.tail++
}

// pushCall queues a call behind what is ready.
func (q *readyQueue) pushCall(e entry) {
	q.push(nil)
	q.calls.push(e)
}

// pushFront puts fb before everything else.
func (q *readyQueue) pushFront(fb *Fiber) {
	if q.tail-q.head > q.mask {
		q.grow()
	}
	q.head--
	q.ring[q.head&q.mask] = fb
}

// pop takes the first, nil for a call; the queue must not be empty.
func (q *readyQueue) pop() *Fiber {
	p := &q.ring[q.head&q.mask]
	fb := *p
	*p = nil
	q.head++
	return fb
}

// front returns the first, nil for a call; the queue must not be empty.
func (q *readyQueue) front() *Fiber { return q.ring[q.head&q.mask] }

// bringForward puts what stands i places behind the first before it.
func (q *readyQueue) bringForward(i uint) {
	chosen := q.ring[(q.head+i)&q.mask]
	for ; i > 0; i-- {
		q.ring[(q.head+i)&q.mask] = q.ring[(q.head+i-1)&q.mask]
	}
	q.ring[q.head&q.mask] = chosen
}

func (q *readyQueue) empty() bool { return q.head == q.tail }

// begin notes what a turn begins with.
func (q *readyQueue) begin() (end uint) {
	q.peak = max(q.peak, q.tail-q.head)
	return q.tail
}

func (q *readyQueue) grow() {
	ring := make([]*Fiber, 2*len(q.ring))
	mask := uint(len(ring) - 1)
	for i := q.head; i != q.tail; i++ {
		ring[i&mask] = q.ring[i&q.mask]
	}
	q.ring, q.mask = ring, mask
}

// settle is called while the queue is empty: after a burst it gives the memory back, half at a time, so that a loop which is
// busy now and then keeps its ring.
func (q *readyQueue) settle() {
	q.peak -= q.peak / 8
	if half := uint(len(q.ring) / 2); half >= minRing && half >= 2*q.peak {
		q.ring, q.mask = make([]*Fiber, half), half-1
		q.calls = callQueue{}
	}
}

// entry is a call that is ready: a *Handle, a *Timer or a posted function.
type entry interface {
	call()
	where() string // what it calls, for reports
}

// posted is a function that came through Post.
type posted func()

func (f posted) call() { f() }

// callQueue is a queue of calls, first in, first out.
type callQueue struct {
	list []entry
	head int
}

func (q *callQueue) push(e entry) {
	if q.head > len(q.list)/2 && q.head >= minRing { // make room from what was called
		n := copy(q.list, q.list[q.head:])
		clear(q.list[n:])
		q.list, q.head = q.list[:n], 0
	}
	q.list = append(q.list, e)
}

// pop takes the first; the queue must not be empty.
func (q *callQueue) pop() entry {
	e := q.list[q.head]
	q.list[q.head] = nil
	if q.head++; q.head == len(q.list) {
		q.list, q.head = q.list[:0], 0
	}
	return e
}
