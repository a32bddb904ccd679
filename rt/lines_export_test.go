package rt

// For tests: how many stand in a line.

func (ws *waiters) count() (n int) {
	for w := ws.first; w != nil; w = w.next {
		if n++; w.next == ws.first {
			break
		}
	}
	return n
}

func (r *ring[V]) count() (n int) {
	for l := r.first; l != nil; l = l.next {
		if n++; l.next == r.first {
			break
		}
	}
	return n
}

func (l *Lock) InLine() int      { return l.line.count() }
func (s *Semaphore) InLine() int { return s.line.count() }
func (e *Event) InLine() int     { return e.line.count() }
func (c *Condition) InLine() int { return c.line.count() }
func (b *Barrier) InLine() int   { return b.line.count() }
func (t *Task[T]) InLine() int   { return t.line.count() }

func (q *Queue[T]) InLine() int { return q.getters.count() + q.putters.count() + q.joiners.count() }

func (s *Subscription[T]) InLine() int { return s.queue.InLine() }

// Unfinished returns how many items Join waits for.
func (q *Queue[T]) Unfinished() int { return q.unfinished }
