package rt

// ring is a line of V in order of arrival, known by its first: as waiters is, for what is more than a fiber that waits.
type ring[V any] struct{ first *link[V] }

// link is a place in a ring, part of what stands there.
type link[V any] struct {
	of         V
	prev, next *link[V] // nil while it is in no ring
}

func (r *ring[V]) add(n *link[V]) {
	first := r.first
	if first == nil {
		n.prev, n.next = n, n
		r.first = n
		return
	}
	n.prev, n.next = first.prev, first
	first.prev.next = n
	first.prev = n
}

func (r *ring[V]) remove(n *link[V]) {
	if n.next == n {
		r.first = nil
	} else {
		n.prev.next, n.next.prev = n.next, n.prev
		if r.first == n {
			r.first = n.next
		}
	}
	n.prev, n.next = nil, nil
}

// pop removes the first and returns it, or the zero V if there is none.
func (r *ring[V]) pop() V {
	n := r.first
	if n == nil {
		var none V
		return none
	}
	r.remove(n)
	return n.of
}
