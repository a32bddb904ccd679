package rt

// waiter is one fiber in the line of a future or a task.
type waiter struct {
	fiber      *Fiber
	prev, next *waiter // nil while it stands in no line
}

// waiters is a line of waiters in order of registration: a ring, known by its first.
type waiters struct{ first *waiter }

func (ws *waiters) add(w *waiter) {
	first := ws.first
	if first == nil {
		w.prev, w.next = w, w
		ws.first = w
		return
	}
	w.prev, w.next = first.prev, first
	first.prev.next = w
	first.prev = w
}

func (ws *waiters) remove(w *waiter) {
	if w.next == w {
		ws.first = nil
	} else {
		w.prev.next, w.next.prev = w.next, w.prev
		if ws.first == w {
			ws.first = w.next
		}
	}
	w.prev, w.next = nil, nil
}

// pop removes the first and returns it, nil if there is none.
func (ws *waiters) pop() *waiter {
	w := ws.first
	if w != nil {
		ws.remove(w)
	}
	return w
}

// wakeAll empties the line, first to last.
func (ws *waiters) wakeAll() {
	for ws.first != nil {
		w := ws.first
		ws.remove(w)
		w.fiber.Wake()
	}
}

// Callback is a function to be called with a future or a task (F is *Future[T] or *Task[T]) once that is done. Go's functions
// cannot be compared, so the Callback is what a registration is removed by.
type Callback[F any] struct{ f func(F) }

// NewCallback returns a callback that calls f, to be registered as often as is wanted.
func NewCallback[F any](f func(F)) *Callback[F] { return &Callback[F]{f} }

// registration is one registration of a callback: a fiber of its own that stands in line like a task's, so that waiters and
// callbacks keep one order. It is the driver of that fiber.
type registration[F any] struct {
	runs     Fiber
	waiter   waiter
	callback *Callback[F]
	of       F
}

// register puts callback in line, or, if of is done already, has it called in the next turn.
func register[F any](l *Loop, ws *waiters, done bool, callback *Callback[F], of F) {
	r := &registration[F]{callback: callback, of: of}
	r.runs = Fiber{leaf: r, loop: l, flags: fiberCallback}
	r.runs.setValues(l.runningValues())
	r.waiter.fiber = &r.runs
	if done {
		l.mustBeOpen("a callback of something done")
		r.runs.Wake()
		return
	}
	ws.add(&r.waiter)
}

// unregister removes callback wherever it stands in line and returns how often it stood there.
func unregister[F any](ws *waiters, callback *Callback[F]) (n int) {
	w := ws.first
	if w == nil {
		return 0
	}
	last := w.prev
	for {
		next, isLast := w.next, w == last
		if r, ok := w.fiber.leaf.(*registration[F]); ok && r.callback == callback {
			ws.remove(w)
			n++
		}
		if isLast {
			return n
		}
		w = next
	}
}

func (r *registration[F]) Base() *Frame  { return nil }
func (r *registration[F]) fiber() *Fiber { return &r.runs }

// Resume calls the callback.
func (r *registration[F]) Resume(fb *Fiber) (done bool) {
	fb.flags |= fiberEnded
	r.callback.f(r.of)
	return true
}

// failed reports that the callback panicked.
func (r *registration[F]) failed(fb *Fiber, x *Failure) {
	fb.flags |= fiberEnded
	fb.loop.report(x)
}
