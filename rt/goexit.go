package rt

import (
	"runtime"
	"slices"
	"strings"
)

// runtime.Goexit in the code of a coroutine ends the goroutine that runs the loop, as t.Fatal is to end the test's. Frames that are on
// its stack are left by their deferred Leave, suspended callers by the loop. Nothing can come back to a frame that is left: what its
// deferred calls await is waited for below, by turning the loop there.

// goexit serves runtime.Goexit in fb's code: this goroutine is about to end. The suspended callers of that code are unwound
// first, before anything else runs, but if one of them awaits something the loop turns for it. Then the goroutine ends, and
// Run does not return.
func (l *Loop) goexit(fb *Fiber) {
	l.turnExiting(fb, func() bool { return fb.flags&(fiberEnded|fiberBelow) != 0 })
}

// turnFor turns the loop on a goroutine that is exiting in fb's code until *ended. What is waited for must come to its end, since
// who waits is below on the stack: where Run would end, its tasks are cancelled as they are then, and the loop turns on.
func (l *Loop) turnFor(fb *Fiber, ended *bool) {
	var fatal *Failure
	defer func() {
		l.current = fb // also if fb's code calls Goexit again
		if fatal != nil {
			l.fatal = fatal
		}
	}()
	for !l.turnExiting(fb, func() bool { return *ended }) {
		if x := l.takeFatal(); fatal == nil {
			fatal = x
		}
		if l.runsOut {
			l.root.cancel(errEnding)
		}
		l.stopping = false
		if l.begin() != nil {
			return
		}
	}
}

// turnExiting turns the loop on a goroutine that is exiting in fb's code until ended, and not further: nothing else runs then. It
// takes up the turn under way where it is, as a loop does whose goroutine is another; where fb itself goes on in it at once, also
// if a panic ends the loop. It reports false where Run would end.
func (l *Loop) turnExiting(fb *Fiber, ended func() bool) (done bool) {
	for !ended() {
		switch end := l.until; {
		case l.ready.head != end && (l.fatal == nil || l.ready.front() == fb):
			if l.choose != nil {
				l.chooseNext()
				l.chosen = true
			}
			l.until = l.ready.head + 1
			l.finish()
			l.until = end
		case l.fatal != nil || l.stopping || l.begin() != nil:
			return false
		}
	}
	return true
}

// finishExiting runs what start begins, a deferred coroutine, to its end on a goroutine that is exiting; false: it did not end.
func finishExiting(fb *Fiber, start func(fb *Fiber, parent Resumable) (ready bool)) (ended bool) {
	if fb.loop == nil {
		fb.flags |= fiberClosing
		fb.credit = -1
	}
	return fb.waitExiting(func(parent Resumable) bool { return start(fb, parent) })
}

// waitExiting waits for what start starts on a goroutine that is exiting: the loop turns in here. It returns false if that did
// not end.
func (fb *Fiber) waitExiting(start func(parent Resumable) (ready bool)) (ended bool) {
	w := &exitWait{leaf: fb.leaf}
	if start(w) {
		return true
	}
	passed := fb.flags&fiberPassed != 0
	fb.flags &^= fiberPassed
	switch {
	case fb.loop != nil:
		if passed {
			fb.loop.goOn(fb)
		}
		defer func() { fb.flags &^= fiberBelow }() // it may have called Goexit again
		w.turn(fb)
	case passed:
		running := fb.flags & fiberRunning
		fb.drive()
		fb.flags |= running
	}
	return w.ended
}

// exitWait awaits something for code that is below on the stack.
type exitWait struct {
	frame Frame
	leaf  Resumable // what the fiber was resumed with, and will have failed
	ended bool
}

func (w *exitWait) Base() *Frame { return &w.frame }

// turn has the loop turn until w has ended. Another task that calls Goexit meanwhile unwinds this goroutine, which is exiting
// anyway, to here: then the loop turns on in a deferred call.
func (w *exitWait) turn(fb *Fiber) {
	returned := false
	defer func() {
		if !returned && !w.ended {
			w.turn(fb)
		}
	}()
	fb.loop.turnFor(fb, &w.ended)
	returned = true
}

// Resume is called when that has ended. The fiber goes on where waitExiting was called, before anything else runs.
func (w *exitWait) Resume(fb *Fiber) (done bool) {
	fb.leaf, w.ended = w.leaf, true
	fb.flags |= fiberBelow
	return false
}

// underGoexit reports whether a panic with this stack, of who has recovered it, comes from a deferred call that runtime.Goexit runs:
// then the goroutine goes on exiting. That is so if Goexit was called above the function whose deferred call has recovered.
func underGoexit(stack []uintptr) bool {
	frames := runtime.CallersFrames(stack)
	for more := len(stack) > 0; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if f.Function == "runtime.Goexit" {
			return true
		}
		if slices.ContainsFunc(recovering, func(name string) bool { return strings.HasSuffix(f.Function, name) }) {
			break
		}
	}
	return false
}

// recovering are the functions, by the end of their names, whose deferred calls recover what passes through coroutines.
var recovering = []string{
	").Resume", // defers Leave
	"/rt.(*Loop).batch",
	"/rt.(*Fiber).advance",
	"/rt.(*producer[...]).next",
	"/rt.beginVisible",
	"/rt.runDeferred",
	"/rt.leaveLoop",
	"/rt.(*Group).runBody",
	"/rt.(*NurseryOp).runBody",
	"/rt.(*goCoro[...]).call",
}
