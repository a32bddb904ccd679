package gens

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// A jump leaves loops over functions from the inside: the innermost function
// returns first, also if its loop has no await and those around it have.

// LeavesBreak leaves by break.
//
// async
func LeavesBreak(w *harness.World) error {
outer:
	for a := range leaving(w, "a") {
		for b := range leaving(w, "b") {
			for c := range leaving(w, "c") {
				if c == 2 {
					w.Trace("break b", a, b)
					break
				}
				for d := range leaving(w, "d") {
					if w.Int("d", a*100+b*10+c+d) == 122 {
						w.Trace("leave all")
						break outer
					}
				}
			}
			if err := rt.Await0(w.Do("b")); err != nil {
				return err
			}
		}
		w.Trace("a goes on")
	}
	w.Trace("over")
	return rt.Await0(w.Do("end"))
}

func leaving(w *harness.World, name string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		defer w.Trace(name, "deferred")
		for i := range 3 {
			if !yield(i) {
				w.Trace(name, "stops")
				return
			}
		}
		w.Trace(name, "ends")
	}
}

// LeavesContinue goes on with an outer loop.
//
// async
func LeavesContinue(w *harness.World) error {
outer:
	for a := range leaving(w, "a") {
		if err := rt.Await0(w.Do("a")); err != nil {
			return err
		}
		for b := range leaving(w, "b") {
			for c := range leaving(w, "c") {
				switch {
				case c == 1 && b == 1:
					w.Trace("next a", a, b, c)
					continue outer
				case c == 1:
					continue
				}
				func() {
					for range leaving(w, "inner") {
						break
					}
				}()
			}
			if err := rt.Await0(w.Do("b")); err != nil {
				return err
			}
		}
	}
	return nil
}

// LeavesGoto leaves by goto, to places inside and outside of a loop.
//
// async
func LeavesGoto(w *harness.World) error {
	turns := 0
again:
	for a := range leaving(w, "a") {
		for b := range leaving(w, "b") {
			if turns++; turns > 6 {
				goto end
			}
			for c := range leaving(w, "c") {
				if a+b+c == 1 && turns < 3 {
					w.Trace("again", a, b, c)
					goto again
				}
				if c == 1 {
					goto next
				}
			}
		next:
			if err := rt.Await0(w.Do("b")); err != nil {
				return err
			}
		}
	}
end:
	w.Trace("end", turns)
	return nil
}

// LeavesEach leaves a loop over rt.Each as well.
//
// async
func LeavesEach(w *harness.World) error {
outer:
	for a, err := range rt.Each(func(yield rt.Yield[int, struct{}]) error { return rt.Await0(exitsGenerator(w, yield)) }) {
		if err != nil {
			return err
		}
		for b := range leaving(w, "b") {
			for c := range leaving(w, "c") {
				if c == 1 {
					w.Trace("leave all", a, b)
					break outer
				}
			}
			if err := rt.Await0(w.Do("b")); err != nil {
				return err
			}
		}
	}
	w.Trace("over")
	return nil
}

// LeavesReturn returns from within.
//
// async
func LeavesReturn(w *harness.World) (err error) {
	defer func() { w.Trace("deferred", err) }()
	for a := range leaving(w, "a") {
		for b := range leaving(w, "b") {
			for c := range leaving(w, "c") {
				if b == 1 && c == 1 {
					w.Trace("return", a)
					return rt.ErrLoopClosed
				}
			}
			if err := rt.Await0(w.Do("b")); err != nil {
				return err
			}
		}
	}
	return nil
}
