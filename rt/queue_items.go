package rt

// fifo keeps items first in, first out.
type fifo[T any] struct {
	items []T
	head  int // of items: those before it are gone
}

// maxIdleItems is for how many items an empty queue keeps room.
const maxIdleItems = 256

func (f *fifo[T]) push(v T) {
	if f.head > 0 && len(f.items) == cap(f.items) && 2*f.head >= len(f.items) {
		n := copy(f.items, f.items[f.head:])
		clear(f.items[n:])
		f.items, f.head = f.items[:n], 0
	}
	f.items = append(f.items, v)
}

func (f *fifo[T]) pop() T {
	var none T
	p := &f.items[f.head]
	v := *p
	*p = none
	if f.head++; f.head == len(f.items) {
		f.items, f.head = idle(f.items), 0
	}
	return v
}

// store keeps the items of a queue that is not first in, first out.
type store[T any] interface {
	push(v T)
	pop() T // the next item; there must be one
}

// stack keeps items last in, first out.
type stack[T any] struct{ items []T }

func (s *stack[T]) push(v T) { s.items = append(s.items, v) }

func (s *stack[T]) pop() T {
	var none T
	last := len(s.items) - 1
	v := s.items[last]
	s.items[last] = none
	if s.items = s.items[:last]; last == 0 {
		s.items = idle(s.items)
	}
	return v
}

// priority keeps items by their rank, those of one rank first in, first out: a binary heap, whose first is the next.
type priority[T any] struct {
	less   func(a, b T) bool
	heap   []ranked[T]
	pushed uint64 // items so far
}

// ranked is an item and how many were pushed before it.
type ranked[T any] struct {
	value  T
	before uint64
}

// precedes reports whether a leaves before b.
func (p *priority[T]) precedes(a, b *ranked[T]) bool {
	if p.less(a.value, b.value) {
		return true
	}
	return a.before < b.before && !p.less(b.value, a.value)
}

func (p *priority[T]) push(v T) {
	p.heap = append(p.heap, ranked[T]{v, p.pushed})
	p.pushed++
	h := p.heap
	for i := len(h) - 1; i > 0; {
		parent := (i - 1) / 2
		if !p.precedes(&h[i], &h[parent]) {
			return
		}
		h[i], h[parent] = h[parent], h[i]
		i = parent
	}
}

func (p *priority[T]) pop() T {
	h, last := p.heap, len(p.heap)-1
	v := h[0].value
	h[0] = h[last]
	h[last] = ranked[T]{}
	h = h[:last]
	p.sink(h)
	if p.heap = h; last == 0 {
		p.heap = idle(h)
	}
	return v
}

// sink moves the first of h down to where it belongs.
func (p *priority[T]) sink(h []ranked[T]) {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(h) {
			return
		}
		if right := child + 1; right < len(h) && p.precedes(&h[right], &h[child]) {
			child = right
		}
		if !p.precedes(&h[child], &h[i]) {
			return
		}
		h[i], h[child] = h[child], h[i]
		i = child
	}
}

// idle returns an empty slice in place of items, all of which are gone: after a burst it gives the memory back.
func idle[E any](items []E) []E {
	if cap(items) > maxIdleItems {
		return nil
	}
	return items[:0]
}
