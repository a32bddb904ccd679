package rt

// Handle is a function that waits to be called by the loop.
type Handle struct {
	f         func()
	cancelled bool
}

// Cancel has the function not called, if it was not yet; what it refers to is let go.
func (h *Handle) Cancel() { h.f, h.cancelled = nil, true }

// Canceled reports whether Cancel was called.
func (h *Handle) Canceled() bool { return h.cancelled }

func (h *Handle) call() {
	if f := h.f; f != nil {
		h.f = nil
		f()
	}
}

// CallSoon has f called in the next turn, after what is ready already. It panics once the loop is closed.
func (l *Loop) CallSoon(f func()) *Handle {
	l.mustBeOpen("CallSoon")
	h := &Handle{f: l.carry(f)}
	l.pushCall(h)
	return h
}

func (l *Loop) mustBeOpen(what string) {
	if l.closed.Load() {
		panic(Misuse("rt: " + what + " on a closed loop: make a new one with rt.NewLoop"))
	}
	l.check(what)
}
