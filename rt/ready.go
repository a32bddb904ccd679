package rt

// entry is what the ready queue holds: a *Fiber to step, a *Handle or *Timer to call, or a posted function. All are one
// pointer wide, so that an entry is made without allocation.
type entry interface{}

// posted is a function that came through Post.
type posted func()

// readyQueue is a ring of what is ready to run. Positions count up for ever, so that one noted earlier (the end of a turn)
// stays right when the ring grows or something goes back to its front.
type readyQueue struct {
	ring       []entry // its length is a power of two, at least 1
	mask       uint    // that length less 1
	head, tail uint
	peak       uint // how full it was lately: the most that a turn began with, fading while it is empty
}

const minRing = 64

func newReadyQueue() readyQueue {
	return readyQueue{ring: make([]entry, minRing), mask: minRing - 1}
}

func (q *readyQueue) push(e entry) {
	if q.tail-q.head > q.mask {
		q.grow()
	}
	q.ring[q.tail&q.mask] = e
	q.tail++
}

// pushFront puts e back before everything else. There is room, as it was just popped.
func (q *readyQueue) pushFront(e entry) {
	if q.tail-q.head > q.mask {
		q.grow()
	}
	q.head--
	q.ring[q.head&q.mask] = e
}

// pop takes the first; the queue must not be empty.
func (q *readyQueue) pop() entry {
	p := &q.ring[q.head&q.mask]
	e := *p
	*p = nil
	q.head++
	return e
}

// front returns the first; the queue must not be empty.
func (q *readyQueue) front() entry { return q.ring[q.head&q.mask] }

func (q *readyQueue) empty() bool { return q.head == q.tail }

// begin notes what a turn begins with.
func (q *readyQueue) begin() (end uint) {
	q.peak = max(q.peak, q.tail-q.head)
	return q.tail
}

// settle is called while the queue is empty: after a burst it gives the memory back, half at a time, so that a loop which is
// busy now and then keeps its ring.
func (q *readyQueue) settle() {
	q.peak -= q.peak / 8
	if half := uint(len(q.ring) / 2); half >= minRing && half >= 2*q.peak {
		q.ring, q.mask = make([]entry, half), half-1
	}
}

func (q *readyQueue) grow() {
	ring := make([]entry, 2*len(q.ring))
	mask := uint(len(ring) - 1)
	for i := q.head; i != q.tail; i++ {
		ring[i&mask] = q.ring[i&q.mask]
	}
	q.ring, q.mask = ring, mask
}
