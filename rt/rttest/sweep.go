package rttest

import (
	"errors"
	"fmt"
	"testing"
)

// ErrInjected is what Sweep has operations fail with.
var ErrInjected = errors.New("rttest: an error that Sweep has injected")

// Sweep runs scenario again and again, and disturbs each run once, at another place: before every step of the loop, and before
// every wait, so that each task is met after each of its suspensions, while it waits and when it has been woken and not run.
// There it cancels one of the tasks, cancels one twice, the second time a step later, when it may be cleaning up, or has what
// one of them awaits fail with ErrInjected. With k suspensions in n tasks these are some 3·k·n runs, of microseconds each.
//
// In every run all tasks must end (what waits for a task that is gone is cancelled, see Stuck) and nothing may be left: no task,
// no goroutine, no file descriptor. What must hold beside that the scenario checks: that no item is lost, that all locks are
// free. The first run is not disturbed. After the first run that fails, Sweep ends the test.
//
// Goroutines and descriptors are counted for the whole process: a test that sweeps must not run in parallel with others.
func Sweep(t testing.TB, scenario func(s *Scenario)) {
	t.Helper()
	tasks := 0
	mustPass(t, run(t, scenario, disturbance{
		calm:    true,
		between: func(s *Scenario) { tasks = len(s.tasks) },
		about:   func(*Scenario) string { return "in the run without a disturbance" },
	}))
	for _, fault := range []fault{faultCancel, faultCancelTwice, faultError} {
		for victim := range tasks {
			for at := 1; ; at++ {
				w := &sweep{fault: fault, victim: victim, at: at}
				mustPass(t, run(t, scenario, disturbance{between: w.between, about: w.about}))
				if w.late || w.steps < at {
					break
				}
			}
		}
	}
}

func mustPass(t testing.TB, ok bool) {
	t.Helper()
	if !ok {
		t.FailNow()
	}
}

// fault is what Sweep does to a task.
type fault int

const (
	faultCancel fault = iota
	faultCancelTwice
	faultError
)

// sweep is one run of a Sweep.
type sweep struct {
	fault  fault
	victim int  // which task
	at     int  // before which step or wait, from 1
	steps  int  // so far, waits counted
	late   bool // the task had ended before
}

// between is called before each step and wait.
func (w *sweep) between(s *Scenario) {
	if w.steps++; w.victim >= len(s.tasks) {
		return // not made yet
	}
	task := s.tasks[w.victim]
	switch {
	case w.steps == w.at && task.Done():
		w.late = true
	case w.steps == w.at && w.fault == faultError:
		task.Fiber().Throw(ErrInjected)
	case w.steps == w.at, w.steps == w.at+1 && w.fault == faultCancelTwice:
		task.Cancel(errSwept)
	}
}

// errSwept is the cause of Sweep's cancels.
var errSwept = errors.New("rttest: cancelled by Sweep")

func (w *sweep) about(s *Scenario) string {
	name := fmt.Sprint(w.victim)
	if w.victim < len(s.names) {
		name = s.names[w.victim]
	}
	switch w.fault {
	case faultError:
		return fmt.Sprintf("in the run in which an await of task %q fails before step %d", name, w.at)
	case faultCancelTwice:
		return fmt.Sprintf("in the run in which task %q is cancelled before step %d and again before the next", name, w.at)
	}
	return fmt.Sprintf("in the run in which task %q is cancelled before step %d", name, w.at)
}
