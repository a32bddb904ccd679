package rt

import (
	"slices"
	"testing"
)

// TestPanicInGoexitOfAHelper has a function of Go's own call Goexit, under which its deferred calls panic. Nothing tells who recovers
// that panic that the goroutine is exiting, but the stack: in both forms all deferred calls come to their end, also those that
// await, and the Goexit goes on.
func TestPanicInGoexitOfAHelper(t *testing.T) {
	for _, b := range exitBodies {
		for i := range 48 {
			h := helped{body: b, by: []string{"body", "deferred call", "iterator"}[i/16],
				waits: i&1 != 0, recovers: i&2 != 0, callerRecovers: i&4 != 0, visible: i&8 != 0}
			want, got := h, h
			how := outcome(func() { Run0(want.plain) })
			if end := outcome(func() { RunAsync[int](got.generated()) }); end != how || !slices.Equal(got.trace, want.trace) {
				t.Errorf("%+v:\n    plain %s %q\ngenerated %s %q", h, how, want.trace, end, got.trace)
			}
		}
	}
}

// helped is a program whose innermost call has a helper call Goexit.
type helped struct {
	body                     exitBody
	by                       string // what calls the helper
	waits                    bool   // before
	recovers, callerRecovers bool
	visible                  bool
	trace                    []string
}

func (h *helped) plain() error {
	defer h.clean()
	if h.callerRecovers {
		defer logs(&h.trace)
	}
	h.call()
	h.trace = append(h.trace, "goes on")
	return nil
}

func (h *helped) call() {
	defer h.clean()
	if h.recovers {
		defer logs(&h.trace)
	}
	if h.by == "deferred call" {
		defer h.exit()
	}
	if h.waits {
		YieldNow()
	}
	switch h.by {
	case "body":
		h.exit()
	case "iterator":
		for range func(yield func(int) bool) { yield(1); h.exit() } {
		}
	}
}

func (h *helped) exit() { h.body.native(&h.trace) }

func (h *helped) clean() {
	YieldNow()
	h.trace = append(h.trace, "cleans")
}

func (h *helped) generated() *coro {
	call := h.deferring(h.recovers, func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			if h.by == "deferred call" {
				co.Defer(h.exit)
			}
			co.yield.Init()
			if h.waits && !co.yield.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		switch h.by {
		case "body":
			h.exit()
		case "iterator":
			r := RangeIter(&co.Defers, NewIter[int](script(false, yields(1), does(h.exit))))
			for r.Next() {
			}
		}
		return true
	})
	if !h.visible {
		embedded(call)
	}
	return h.deferring(h.callerRecovers, func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 && !call.Start(fb, co) {
			return co.Suspend(1)
		}
		call.Result()
		h.trace = append(h.trace, "goes on")
		return true
	})
}

// deferring is a call of body with a deferred call that awaits, and one before it that recovers.
func (h *helped) deferring(recovers bool, body func(co *coro, fb *Fiber, state int32) bool) *coro {
	return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			co.deferCo(newCoro(func(co *coro, fb *Fiber, state int32) bool {
				if state == 0 {
					co.yield.Init()
					if !co.yield.Start(fb, co) {
						return co.Suspend(1)
					}
				}
				co.yield.Result()
				h.trace = append(h.trace, "cleans")
				return co.End()
			}))
			if recovers {
				co.DeferCall(func(raise func()) { defer logs(&h.trace); raise() })
			}
		}
		return body(co, fb, state)
	})
}
