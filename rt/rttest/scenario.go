package rttest

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/goasync/goasync/rt"
)

// Scenario is one run of what Sweep, Shuffle and Explore repeat. The function that they are given makes everything anew that
// the run uses, adds tasks and says what holds at the end:
//
//	rttest.Sweep(t, func(s *rttest.Scenario) {
//		q, got := rt.NewQueue[int](1), 0
//		s.Go("put", putAsync(q))
//		s.Go("get", getAsync(q, &got))
//		s.Check(func() { … })
//	})
//
// It runs on the loop, as a callback. Sockets need UsePoller. What other goroutines do, as for rt.Blocking, has no place in it: nothing says when they
// are done, and no two runs would be alike. Its TB is the test's own, and says with each error in which run it came up.
type Scenario struct {
	testing.TB
	// Loop is what the tasks run on, as from NewLoop.
	Loop *rt.Loop
	// Clock is the loop's: fake, and at zero when the run begins.
	Clock *Clock

	poller  *Poller
	tasks   []*rt.Task[struct{}]
	names   []string
	stuck   []string
	checks  []func()
	steps   int  // and waits, so far
	settled bool // what follows is no longer disturbed
}

// Go adds a task that runs aw.
func (s *Scenario) Go(name string, aw rt.Awaitable[struct{}]) *rt.Task[struct{}] {
	return s.add(name, rt.SpawnOn(s.Loop, aw))
}

// GoPlain adds a plain task that runs f.
func (s *Scenario) GoPlain(name string, f func() error) *rt.Task[struct{}] {
	return s.add(name, rt.Spawn0(f))
}

func (s *Scenario) add(name string, t *rt.Task[struct{}]) *rt.Task[struct{}] {
	s.tasks, s.names = append(s.tasks, t), append(s.names, name)
	return t
}

// Check has f called when all tasks have ended. What several calls give is called in their order.
func (s *Scenario) Check(f func()) { s.checks = append(s.checks, f) }

// Stuck are the names of the tasks, in the order in which they were added, that waited for what could not come any more, when all
// others had ended or did too. They were cancelled then, and have ended. In a run that nothing disturbs they are an error.
func (s *Scenario) Stuck() []string { return s.stuck }

// disturbance is what a run does between its steps.
type disturbance struct {
	choose  func(n int) int          // which of n that are ready runs next; nil: the first
	between func(s *Scenario)        // called before every step, and before every wait of the loop; nil: nothing
	about   func(s *Scenario) string // the run, for messages
	calm    bool                     // nothing is cancelled, so no task may be stuck
}

// maxSteps is for how many steps a run may go on.
const maxSteps = 1 << 16

// run is one run of scenario. It reports false if something went wrong in it.
func run(t testing.TB, scenario func(*Scenario), d disturbance) (ok bool) {
	t.Helper()
	leaks := newLeakCheck()
	s := &Scenario{Clock: new(Clock)}
	report := &reporter{TB: t, about: func() string { return d.about(s) }}
	s.TB = report
	s.poller = NewPoller(s.Clock)
	s.poller.idle = func() { s.Loop.Stop() }
	s.poller.before = func() { s.before(&d) }
	loop, err := rt.NewLoop(rt.LoopOptions{Poller: s.poller, Clock: s.Clock, Rand: rand.NewPCG(0, 0), Choose: func(n int) int {
		s.before(&d)
		if d.choose == nil {
			return 0
		}
		return d.choose(n)
	}})
	if err != nil {
		t.Fatalf("rttest: no loop: %v", err)
	}
	s.Loop = loop
	loop.CallSoon(func() { scenario(s) })
	s.toTheEnd(d)
	for _, f := range s.checks {
		f()
	}
	if err := loop.Close(); err != nil {
		s.Errorf("rttest: close of the loop: %v", err)
	}
	if !report.failed { // else what has failed may well hold something
		if leak := leaks.found(); leak != "" {
			s.Errorf("rttest: %s", leak)
		}
	}
	return !report.failed
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
	s.settle()
	s.settled = true
	for i, t := range s.tasks {
		if !t.Done() {
			s.stuck = append(s.stuck, s.names[i])
			t.Cancel(errStuck)
		}
	}
	if d.calm && len(s.stuck) > 0 {
		s.Errorf("rttest: tasks %q wait for ever", s.stuck)
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
		s.Errorf("rttest: %s left that the others have spawned", counted(n, "task"))
	}
}

// errStuck is the cause of the cancel of a task that waits for what cannot come.
var errStuck = errors.New("rttest: cancelled, since nothing can happen any more that it waits for")

// settle runs the loop until nothing can happen any more.
func (s *Scenario) settle() {
	if err := s.Loop.Run(); err != nil {
		s.Errorf("rttest: the loop: %v", err)
	}
	if s.steps > maxSteps {
		s.Fatalf("rttest: the tasks still run after %d steps of the loop", maxSteps)
	}
}
