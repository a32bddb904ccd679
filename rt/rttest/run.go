package rttest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/goasync/goasync/rt"
)

// disturbance is what a run does between its steps.
type disturbance struct {
	choose  func(n int) int          // which of n that are ready runs next; nil: the first
	between func(s *Scenario)        // called before every step, and before every wait of the loop; nil: nothing
	about   func(s *Scenario) string // the run, for messages
	calm    bool                     // nothing is cancelled, so no task may be stuck, or fail
}

// maxSteps is for how many steps a run may go on.
const maxSteps = 1 << 16

// run is one run of scenario. It reports false if something went wrong in it. A run that is left otherwise, by a panic of a task for
// example, which ends the test, is named as well.
func run(t testing.TB, scenario func(*Scenario), d disturbance) (ok bool) {
	t.Helper()
	leaks, failedBefore := newLeakCheck(), t.Failed()
	s := &Scenario{Clock: new(Clock)}
	report := &reporter{TB: t, about: func() string { return d.about(s) }}
	s.TB = report
	returned := false
	defer func() {
		if !returned && !report.failed {
			fmt.Fprintln(t.Output(), d.about(s)+":") // Log would name the line of whatever was left
		}
	}()
	s.open(&d)
	s.Loop.CallSoon(func() { scenario(s) })
	s.toTheEnd(d)
	s.checkAll(d.calm)
	if err := s.Loop.Close(); err != nil {
		s.Errorf("rttest: close of the loop: %v", err)
	}
	if !report.failed { // else what has failed may well hold something
		if leak := leaks.found(); leak != "" {
			s.Errorf("rttest: %s", leak)
		}
	}
	returned = true
	if !report.failed && !failedBefore && t.Failed() { // by the test itself, not the Scenario
		t.Log("the errors above came up " + d.about(s))
		return false
	}
	return !report.failed
}

// open makes the loop of a run that d disturbs.
func (s *Scenario) open(d *disturbance) {
	s.Helper()
	s.poller = NewPoller(s.Clock)
	s.poller.idle = func() { s.Loop.Stop() }
	s.poller.before = func() { s.before(d) }
	loop, err := rt.NewLoop(rt.LoopOptions{Poller: s.poller, Clock: s.Clock, Rand: rand.NewPCG(0, 0), Choose: func(n int) int {
		s.before(d)
		if d.choose == nil {
			return 0
		}
		return d.choose(n)
	}})
	if err != nil {
		s.Fatalf("rttest: no loop: %v", err)
	}
	s.Loop = loop
}

// before is called before every step and every wait.
func (s *Scenario) before(d *disturbance) {
	if s.steps++; s.steps > maxSteps {
		s.Loop.Stop()
		return
	}
	if d.between != nil && !s.settled {
		d.between(s)
	}
}

// toTheEnd runs the loop until every task has ended. Those that wait for ever are cancelled.
func (s *Scenario) toTheEnd(d disturbance) {
	s.Helper()
	s.settle()
	s.settled = true
	for i, t := range s.tasks {
		if !t.Done() {
			s.stuck = append(s.stuck, s.names[i])
		}
	}
	if d.calm && len(s.stuck) > 0 {
		s.Errorf("rttest: tasks %q wait for ever:%s", s.stuck, list(look(s.Loop)))
	}
	for _, t := range s.tasks {
		if !t.Done() {
			t.Cancel(errStuck)
		}
	}
	s.settle()
	ended := 0
	for i, t := range s.tasks {
		if t.Done() {
			ended++
		} else {
			s.Errorf("rttest: task %q does not end though it was cancelled", s.names[i])
		}
	}
	if n := s.Loop.Tasks() - (len(s.tasks) - ended); n > 0 {
		s.Errorf("rttest: %s left that the others have spawned:%s", counted(n, "task"), list(look(s.Loop)))
	}
}

// settle runs the loop until nothing can happen any more.
func (s *Scenario) settle() {
	s.Helper()
	if err := s.Loop.Run(); err != nil {
		s.Errorf("rttest: the loop: %v", err)
	}
	if s.steps > maxSteps {
		s.Fatalf("rttest: the tasks still run after %d steps of the loop", maxSteps)
	}
}
