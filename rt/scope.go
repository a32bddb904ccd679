package rt

import "time"

// Scope is a part of the work that is cancelled as one: fibers, and scopes inside it. A cancelled scope fails every await under
// it until the scope is left, also in deferred calls, but for those under a shield. Every task is in exactly one scope.
//
// This is the mechanism under Gather, Timeout, Nursery and what else bounds work; it belongs to the loop's goroutine.
type Scope struct {
	parent   *Scope
	loop     *Loop
	fibers   *Fiber        // the first of a ring, in order of entry
	children *Scope        // the first of a ring, in order of entry
	prev     *Scope        // in the parent's ring
	next     *Scope        //
	owner    *Fiber        // who entered it; nil if it was only opened
	canceled *Canceled     // why; nil unless it was cancelled
	shield   bool          // cancels from outside stop here
	until    time.Duration // its deadline on the loop's clock, for contexts; 0: none
	contexts *scopeContext // the first of a list: contexts of fibers in it
	held     *Canceled     // of a shield: the cancel of the owner's task that waits for the owner to leave
}

// err returns the error that awaits in s fail with: that of the outermost cancelled scope inside the nearest shield.
func (s *Scope) err() error {
	var found *Canceled
	for ; s != nil; s = s.parent {
		if s.canceled != nil {
			found = s.canceled
		}
		if s.shield {
			break
		}
	}
	if found == nil {
		return nil
	}
	return found
}

// add puts fb into s.
func (s *Scope) add(fb *Fiber) {
	fb.scope = s
	if first := s.fibers; first == nil {
		fb.prev, fb.next = fb, fb
		s.fibers = fb
	} else {
		fb.prev, fb.next = first.prev, first
		first.prev.next = fb
		first.prev = fb
	}
	if s.err() != nil {
		fb.credit = -1
	}
}

// leaveScope takes fb out of its scope, into none.
func (fb *Fiber) leaveScope() {
	s := fb.scope
	if s == nil {
		return
	}
	if fb.next == fb {
		s.fibers = nil
	} else {
		fb.prev.next, fb.next.prev = fb.next, fb.prev
		if s.fibers == fb {
			s.fibers = fb.next
		}
	}
	fb.scope, fb.prev, fb.next = nil, nil, nil
}

// enter puts fb into s, which becomes a child of the scope that fb was in.
func (s *Scope) enter(fb *Fiber) {
	if fb.scope == nil {
		panic(Misuse("rt: a scope in a coroutine that is driven by hand: run it as a task on a loop"))
	}
	s.open(fb.loop, fb.scope)
	fb.leaveScope()
	s.add(fb)
	s.owner = fb
	if x := fb.extra; s.shield && x != nil {
		if c, ok := x.pending.(*Canceled); ok { // it came before, and has not been delivered
			s.held, x.pending = c, nil
		}
	}
}

// open makes s a child of parent.
func (s *Scope) open(l *Loop, parent *Scope) {
	s.loop, s.parent = l, parent
	if first := parent.children; first == nil {
		s.prev, s.next = s, s
		parent.children = s
	} else {
		s.prev, s.next = first.prev, first
		first.prev.next = s
		first.prev = s
	}
}

// leave takes fb out of s, back into s's parent, and closes s. Scopes are left last to first.
func (s *Scope) leave(fb *Fiber) {
	s.exit(fb)
	s.close()
}

// exit is leave for a scope that stays open, for other fibers in it.
func (s *Scope) exit(fb *Fiber) {
	if fb.scope != s {
		panic(Misuse("rt: scopes are not left in the opposite order of entry"))
	}
	fb.endContexts(s)
	fb.leaveScope()
	s.parent.add(fb)
	s.owner = nil
	if c := s.held; c != nil {
		s.held = nil
		fb.cancelSoon(c)
	}
}

// within reports whether s is outer or inside it.
func (s *Scope) within(outer *Scope) bool {
	for ; s != nil; s = s.parent {
		if s == outer {
			return true
		}
	}
	return false
}

// close takes s out of its parent.
func (s *Scope) close() {
	if s.next == s {
		s.parent.children = nil
	} else {
		s.prev.next, s.next.prev = s.next, s.prev
		if s.parent.children == s {
			s.parent.children = s.next
		}
	}
	s.prev, s.next, s.parent = nil, nil, nil
}

// cancel cancels s; only the first cause counts.
func (s *Scope) cancel(cause error) {
	if s.canceled != nil {
		return
	}
	s.canceled = &Canceled{Scope: s, Cause: cause}
	s.spread()
}

// spread aborts what the fibers under s wait for, up to shields; those that run or are ready find out at their next operation.
func (s *Scope) spread() {
	err := s.err()
	s.failContexts(err)
	eachInRing(s.fibers, (*Fiber).nextInScope, func(fb *Fiber) {
		fb.credit = -1
		if fb.wait != nil {
			fb.abort(err)
		}
	})
	eachInRing(s.children, (*Scope).nextChild, func(c *Scope) {
		if !c.shield {
			c.spread()
		}
	})
}

func (fb *Fiber) nextInScope() *Fiber { return fb.next }
func (s *Scope) nextChild() *Scope    { return s.next }

// eachInRing calls f for every node of a ring, which f must not change.
func eachInRing[N comparable](first N, next func(N) N, f func(N)) {
	var none N
	if first == none {
		return
	}
	for n := first; ; {
		f(n)
		if n = next(n); n == first {
			return
		}
	}
}
