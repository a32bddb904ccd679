package rt

// entry is what the ready queue holds: a *Fiber to step, a *Handle or *Timer to call, or a posted function. All are one
// pointer wide, so that an entry is made without allocation.
type entry interface{}

// posted is a function that came through Post.
type posted func()

// readyQueue is a ring of what is ready to run. Positions count up for ever, so that one noted earlier (the end of a turn)
// stays right when the ring grows or something goes back to its front.
type readyQueue struct {
	ring       []entry // its length is a power of two
	head, tail uint
}

const minRing = 64

func (q *readyQueue) push(e entry) {
	if q.tail-q.head == uint(len(q.ring)) {
		q.grow()
	}
	q.ring[q.tail&uint(len(q.ring)-1)] = e
	q.tail++
}

// pushFront puts e back before everything else. There is room, as it was just popped.
func (q *readyQueue) pushFront(e entry) {
	if q.tail-q.head == uint(len(q.ring)) {
		q.grow()
	}
	q.head--
	q.ring[q.head&uint(len(q.ring)-1)] = e
}

// pop takes the first; the queue must not be empty.
func (q *readyQueue) pop() entry {
	p := &q.ring[q.head&uint(len(q.ring)-1)]
	e := *p
	*p = nil
	q.head++
	return e
}

func (q *readyQueue) empty() bool { return q.head == q.tail }

func (q *readyQueue) grow() {
	ring := make([]entry, max(minRing, 2*len(q.ring)))
	for i := q.head; i != q.tail; i++ {
		ring[i&uint(len(ring)-1)] = q.ring[i&uint(len(q.ring)-1)]
	}
	q.ring = ring
}
