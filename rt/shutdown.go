package rt

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Shutdown cancels all tasks of l, and with them all that they spawn meanwhile, and runs the loop until they have ended and their
// done callbacks were called, for grace at most on the loop's clock; grace below zero: as long as they take. What is under a Shield
// has the grace to come out of it. Tasks that have not ended then are returned as a *SurvivorsError; they can be given more time by
// another Shutdown, or are dropped by Close. It returns ErrLoopRunning if l runs: stop it before. A panic that nobody handles panics
// out of Shutdown at the end (statement 238), which with a grace below zero comes as that of Run does: what has to be waited for is not.
//
// A task that never awaits again cannot be stopped; then Shutdown does not return.
func (l *Loop) Shutdown(grace time.Duration) error {
	switch {
	case l.closed.Load():
		return ErrLoopClosed
	case l.running.Load() || here() != (seat{}):
		return ErrLoopRunning
	}
	l.dying = false
	until := forever
	if grace >= 0 {
		until = after(l.clock.Now(), grace)
	}
	returned := false
	defer func() {
		if !returned { // one of them called Goexit
			l.takeLeft().passOn()
		}
	}()
	l.runOut(until)
	returned = true
	if x := l.takeLeft(); x != nil {
		return l.end(x)
	}
	if left := l.survivors(grace); left != nil {
		return left
	}
	return nil
}

// forever is the end of a loop's time.
const forever time.Duration = math.MaxInt64

// errEnding is why the tasks that Run leaves behind are cancelled.
var errEnding = errors.New("rt: the program's root has ended")

// graceUntil returns when the grace of RunOptions ends that begins now.
func (l *Loop) graceUntil(grace time.Duration) time.Duration {
	if grace <= 0 {
		return forever
	}
	return after(l.clock.Now(), grace)
}

// runOut cancels all tasks of l, and with them all that they spawn meanwhile, and runs the loop until they have ended and their
// done callbacks have run, or the clock shows until. It notes the first panic that nobody handled as l.left.
func (l *Loop) runOut(until time.Duration) {
	if l.tasks == 0 && !l.anyReady() && !l.serves(until) {
		return
	}
	leave, ok := enterLoop(l)
	if !ok {
		return
	}
	l.running.Store(true)
	returned := false
	defer func() {
		l.running.Store(false)
		leave()
		if !returned { // one of them called Goexit
			l.leave()
			l.runOut(until)
		}
	}()
	l.root.cancel(errEnding)
	l.turnOut(until)
	returned = true
}

// turnOut runs the loop until no task is left, or the clock shows until, and then the calls that are ready: the done callbacks of
// tasks that ended in the last turn are. What these spawn is ended as well, but the calls that they schedule are dropped, as each may
// schedule another one.
func (l *Loop) turnOut(until time.Duration) {
	expired := false
	if until < forever {
		defer l.CallAt(until, func() { expired = true }).Cancel()
	}
	for {
		for (l.tasks > 0 || l.serves(until)) && !expired {
			if l.turnsLast(until) {
				l.turnLast()
				expired = true
				continue
			}
			l.stopping = false
			if l.turn() != nil {
				return
			}
			l.leave()
		}
		l.runCalls()
		if l.tasks == 0 || expired {
			return
		}
	}
}

// runCalls makes the calls that are ready now, done callbacks among them. Tasks that are ready keep their order behind them, and wait:
// their time is over.
func (l *Loop) runCalls() {
	l.letIn()
	for n := l.ready.tail - l.ready.head; n > 0; n-- {
		if fb := l.ready.front(); fb != nil && fb.flags&fiberCallback == 0 {
			l.ready.push(l.ready.pop())
			continue
		}
		l.until = l.ready.head + 1
		l.batch()
		l.leave()
	}
}

// anyReady reports whether something is ready, or was posted.
func (l *Loop) anyReady() bool {
	l.letIn()
	return !l.ready.empty()
}

// leave notes the panic that would end the loop, which goes on.
func (l *Loop) leave() {
	x := l.takeFatal()
	if x != nil {
		l.dying = true
	}
	if l.left == nil {
		l.left = x
	}
}

// takeLeft returns what leave has noted, once.
func (l *Loop) takeLeft() *Failure {
	x := l.left
	l.left = nil
	return x
}

// SurvivorsError is what Shutdown, RunWith, RunLoopsWith and RunEachWith return if tasks have not ended in the time that they had.
type SurvivorsError struct {
	// Grace is the time that they had.
	Grace time.Duration
	// Tasks are those that have not ended, the functions of groups among them, and what they do.
	Tasks []TaskInfo
}

// maxNamed is how many survivors the message names.
const maxNamed = 10

// Error says how many there are, their names, and what they wait for.
func (e *SurvivorsError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "rt: not ended %v after being cancelled: %d of the tasks", e.Grace, len(e.Tasks))
	for i := range e.Tasks {
		if i == maxNamed {
			fmt.Fprintf(&b, "; and %d more", len(e.Tasks)-i)
			break
		}
		fmt.Fprintf(&b, "; %v", &e.Tasks[i])
	}
	return b.String()
}

// survivors returns the tasks of l that have not ended, nil if there is none.
func (l *Loop) survivors(grace time.Duration) *SurvivorsError {
	if l.tasks == 0 {
		return nil
	}
	return &SurvivorsError{Grace: grace, Tasks: l.snapshot().Tasks}
}

// eachFiber calls f for all fibers under s.
func (s *Scope) eachFiber(f func(*Fiber)) {
	eachInRing(s.fibers, (*Fiber).nextInScope, f)
	eachInRing(s.children, (*Scope).nextChild, func(c *Scope) { c.eachFiber(f) })
}
