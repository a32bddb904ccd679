package transform

// Whether a call's frame is a field of its caller's, and what it may keep
// alive after its end, which the caller has to clear.

// leftover is what a frame that has ended may keep alive.
type leftover struct {
	any    bool // anything: its memory is not to be kept without need
	values bool // values of the source
	stale  bool // such that Init does not write over: they are there, too, when the frame serves the next call
}

// layout decides which coroutines are fields of others by value: those that
// are not recursive and not large.
func layout(u *unit, byFunc map[*function]*flat, made []*flat) {
	for _, f := range made {
		f.findOwn()
	}
	for changed := true; changed; { // they may be recursive
		changed = false
		for _, f := range made {
			has := f.own
			for _, h := range f.holders {
				if callee := byFunc[h.callee.local]; callee != nil && callee.has.values {
					has = leftover{true, true, true}
				}
			}
			changed = changed || has != f.has
			f.has = has
		}
	}
	l := &layouter{u: u, byFunc: byFunc, state: map[*flat]layoutState{}}
	for _, f := range made {
		l.sizeOf(f)
	}
}

// findOwn finds what the fields of f that are no frames may keep alive.
func (f *flat) findOwn() {
	for _, v := range f.vars {
		isErr := v.result > 0 && v.result == len(f.results) // which is nil, or the caller has it
		if v.place == placeFrame && v.field == v && (v.boxed || hasPointers(v.typ) && !isErr) {
			f.own.any, f.own.values = true, true
			f.own.stale = f.own.stale || !v.param
		}
	}
	for _, h := range f.holders { // an operation of rt or poll lets go of what it had in Result
		if h.callee.made() {
			f.own = leftover{true, true, true}
		}
	}
	f.own.any = f.own.any || f.defers
}

type layoutState uint8

const (
	unsized layoutState = iota
	sizing
	sized
)

type layouter struct {
	u      *unit
	byFunc map[*function]*flat
	state  map[*flat]layoutState
}

// sizeOf estimates the size of a frame in bytes; -1 if it is being laid out,
// since it is recursive.
func (l *layouter) sizeOf(f *flat) int64 {
	switch l.state[f] {
	case sizing:
		return -1
	case sized:
		return f.size
	}
	l.state[f] = sizing
	size := int64(24) // rt.Frame
	if f.defers {
		size += 24 // rt.Defers
	}
	for _, v := range f.vars {
		if v.place == placeFrame && v.field == v {
			size += sizeOfType(l.u, v)
		}
	}
	for _, h := range f.holders {
		size += l.holderSize(f, h)
	}
	f.size = size
	l.state[f] = sized
	return size
}

// holderSize decides how f has the frame h.
func (l *layouter) holderSize(f *flat, h *holder) int64 {
	const large = 512 // bytes
	callee := l.byFunc[h.callee.local]
	if callee == nil {
		return 16 // an interface, or about what an operation takes
	}
	size := l.sizeOf(callee)
	h.has = callee.has
	if h.pointer = size < 0 || size > large; h.pointer {
		f.has.any = true
		return 8
	}
	f.has.any = f.has.any || h.has.any
	return size
}

func sizeOfType(u *unit, v *variable) (size int64) {
	if v.boxed {
		return 8
	}
	defer func() {
		if recover() != nil {
			size = 16 // a type parameter has no size
		}
	}()
	return u.pkg.TypesSizes.Sizeof(v.typ)
}
