package rttest

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ErrInjected is what Sweep has operations fail with.
var ErrInjected = errors.New("rttest: an error that Sweep has injected")

var onlySweep = flag.String("rttest.sweep", "", "the only run of rttest.Sweep, as a run that failed says it; empty: all runs")

// Sweep runs scenario again and again, and disturbs each run once, at another place: before every step of the loop, and before
// every wait, so that each task is met after each of its suspensions, while it waits and when it has been woken and not run.
// There it cancels one of the tasks, cancels one twice, the second time a step later, when it may be cleaning up, or has what
// one of them awaits fail with ErrInjected. With k suspensions in n tasks these are some 3·k·n runs, of microseconds each; plain
// tasks make them slower, since the await at which one is met is looked up on its goroutine's stack.
//
// The first run is not disturbed, and in it no task may fail (see Scenario). In every run all tasks must end (what waits for a task
// that is gone is cancelled, see Stuck) and nothing may be left: no task, no goroutine, no file descriptor. What must hold beside that
// the scenario checks: that no item is lost, that all locks are free.
//
// After the first run that fails, Sweep ends the test. The run says which task was disturbed at which await, and
// go test -run=TestName -rttest.sweep=cancel:2:7 repeats that run alone: here the second task of the scenario is cancelled before
// step 7.
//
// Goroutines and descriptors are counted for the whole process: a test that sweeps must not run in parallel with others.
func Sweep(t testing.TB, scenario func(s *Scenario)) {
	t.Helper()
	if *onlySweep != "" {
		sweepOnce(t, scenario, *onlySweep)
		return
	}
	tasks := 0
	mustPass(t, run(t, scenario, disturbance{
		calm:    true,
		between: func(s *Scenario) { tasks = len(s.tasks) },
		about:   func(*Scenario) string { return "in the run without a disturbance" },
	}))
	for fault := range fault(len(faultNames)) {
		for victim := range tasks {
			for at := 1; ; at++ {
				w := &sweep{fault: fault, victim: victim, at: at}
				mustPass(t, w.run(t, scenario))
				if w.late || w.steps < at {
					break
				}
			}
		}
	}
}

// sweepOnce is the run that text names.
func sweepOnce(t testing.TB, scenario func(s *Scenario), text string) {
	t.Helper()
	w, err := parseSweep(text)
	if err != nil {
		t.Fatal(err)
	}
	mustPass(t, w.run(t, scenario))
	if len(w.met) == 0 {
		t.Errorf("rttest: -rttest.sweep=%s disturbs nothing: there is no such task, or it ends before", text)
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

// faultNames are what -rttest.sweep calls the faults.
var faultNames = []string{faultCancel: "cancel", faultCancelTwice: "cancel-twice", faultError: "error"}

// sweep is one run of a Sweep.
type sweep struct {
	fault  fault
	victim int      // which task, from 0
	at     int      // before which step or wait, from 1
	steps  int      // so far, waits counted
	late   bool     // the task had ended before
	met    []string // what the task did where it was disturbed
}

func (w *sweep) run(t testing.TB, scenario func(s *Scenario)) (ok bool) {
	t.Helper()
	return run(t, scenario, disturbance{between: w.between, about: w.about})
}

// between is called before each step and wait.
func (w *sweep) between(s *Scenario) {
	w.steps++
	first, second := w.steps == w.at, w.steps == w.at+1 && w.fault == faultCancelTwice
	if !first && !second || w.victim >= len(s.tasks) {
		return // not there, or the task is not made yet
	}
	task := s.tasks[w.victim]
	if task.Done() {
		w.late = w.late || first
		return
	}
	w.met = append(w.met, s.does(w.victim))
	if w.fault == faultError {
		task.Fiber().Throw(ErrInjected)
	} else {
		task.Cancel(errSwept)
	}
}

// errSwept is the cause of Sweep's cancels.
var errSwept = errors.New("rttest: cancelled by Sweep")

// String is the run as -rttest.sweep names it: the fault, the task, from 1 in the order in which they were added, and the step.
func (w *sweep) String() string {
	return fmt.Sprintf("%s:%d:%d", faultNames[w.fault], w.victim+1, w.at)
}

// parseSweep reads what String has written.
func parseSweep(text string) (*sweep, error) {
	if parts := strings.Split(text, ":"); len(parts) == 3 {
		f := slices.Index(faultNames, parts[0])
		task, err := strconv.Atoi(parts[1])
		at, err2 := strconv.Atoi(parts[2])
		if f >= 0 && err == nil && err2 == nil && task > 0 && at > 0 {
			return &sweep{fault: fault(f), victim: task - 1, at: at}, nil
		}
	}
	return nil, fmt.Errorf("rttest: -rttest.sweep=%s: want FAULT:TASK:STEP, the fault one of %s, task and step from 1", text, strings.Join(faultNames, ", "))
}

func (w *sweep) about(s *Scenario) string {
	name := strconv.Itoa(w.victim + 1)
	if w.victim < len(s.names) {
		name = strconv.Quote(s.names[w.victim])
	}
	return fmt.Sprintf("in the run with -rttest.sweep=%v, in which %s", w, w.disturbs(name))
}

// disturbs says what is done to the task with name, and what that did.
func (w *sweep) disturbs(name string) string {
	var met [2]string
	for i, does := range w.met {
		if does != "" {
			met[i] = ", " + does
		}
	}
	switch w.fault {
	case faultError:
		return fmt.Sprintf("an await of task %s fails before step %d%s", name, w.at, met[0])
	case faultCancelTwice:
		return fmt.Sprintf("task %s is cancelled before step %d%s, and again before the next%s", name, w.at, met[0], met[1])
	}
	return fmt.Sprintf("task %s is cancelled before step %d%s", name, w.at, met[0])
}
