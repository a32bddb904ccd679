package rttest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// repeats are all that repeat a scenario, and what they say of a run that nothing disturbs.
var repeats = []struct {
	name   string
	repeat func(t testing.TB, scenario func(s *rttest.Scenario))
	calm   string
}{
	{"Sweep", rttest.Sweep, "in the run without a disturbance"},
	{"Explore", func(t testing.TB, scenario func(s *rttest.Scenario)) { rttest.Explore(t, scenario) }, "in the run with -rttest.order="},
	{"Shuffle", func(t testing.TB, scenario func(s *rttest.Scenario)) { rttest.Shuffle(t, 5, scenario) }, "in the run with -rttest.seed=1"},
}

var errUseless = errors.New("it does not work at all")

// fails adds a task in each form that returns errUseless.
func fails(s *rttest.Scenario) (plain, generated *rt.Task[struct{}]) {
	future := rt.NewFuture[struct{}]()
	future.SetError(errUseless)
	return s.GoPlain("plain", func() error { return errUseless }), s.Go("generated", future.WaitAsync())
}

// An error that a task returns fails a run that nothing disturbs, also if a check ends the test before.
func TestErrorsOfTasksAreFound(t *testing.T) {
	for _, r := range repeats {
		for _, ends := range []bool{false, true} {
			log := failing(t, func(t testing.TB) {
				r.repeat(t, func(s *rttest.Scenario) {
					fails(s)
					s.Check(func() {
						if ends {
							s.Fatal("the check fails")
						}
					})
				})
			})
			for _, want := range []string{r.calm, `task "plain" returned the error "it does not work at all"`, `task "generated" returned the error "it does not work at all"`} {
				if !log.has(want) {
					t.Errorf("%s says %q, want %q", r.name, log.lines, want)
				}
			}
		}
	}
}

// What a check reads is for that to judge.
func TestErrorsThatAreReadAreNotReported(t *testing.T) {
	for _, r := range repeats {
		read := 0
		r.repeat(t, func(s *rttest.Scenario) {
			plain, generated := fails(s)
			s.Check(func() {
				for _, task := range []*rt.Task[struct{}]{plain, generated} {
					if err := s.Err(task); err == errUseless {
						read++
					}
				}
			})
		})
		if read == 0 {
			t.Errorf("%s: no error was read", r.name)
		}
	}
}

// A task that the scenario cancels is no failure. One that returns a cancel of its own making is.
func TestCancelsOfTasksAreNoErrors(t *testing.T) {
	for _, r := range repeats {
		r.repeat(t, func(s *rttest.Scenario) {
			future := rt.NewFuture[int]()
			victim := s.GoPlain("victim", func() error { _, err := future.Wait(); return err })
			s.GoPlain("cancels", func() error { victim.Cancel(nil); return nil })
		})
		log := failing(t, func(t testing.TB) {
			r.repeat(t, func(s *rttest.Scenario) {
				s.GoPlain("gives up", func() error { return context.Canceled })
				future := rt.NewFuture[int]()
				victim := s.GoPlain("fails too", func() error { _, err := future.Wait(); return fmt.Errorf("%w, %w", err, errors.New("flush")) })
				s.GoPlain("cancels", func() error { victim.Cancel(nil); return nil })
			})
		})
		if !log.has(`task "fails too" returned the error "rt: canceled, flush"`) {
			t.Errorf("failed with %q, want the error beside the cancel", log.lines)
		}
		if !log.has(`task "gives up" returned the error "context canceled"`) {
			t.Errorf("%s says %q", r.name, log.lines)
		}
	}
}

// A panic that another task has met, and recovered, is that one's affair.
func TestRecoveredPanicsAreNoErrors(t *testing.T) {
	met := 0
	rttest.Explore(t, func(s *rttest.Scenario) {
		var panics *rt.Task[struct{}]
		s.GoPlain("recovers", func() error {
			defer func() {
				if recover() != nil {
					met++
				}
			}()
			panics.Wait()
			return nil
		})
		panics = s.GoPlain("panics", func() error {
			for range 2 { // until it is awaited
				if err := rt.YieldNow(); err != nil {
					return err
				}
			}
			panic("boom")
		})
	})
	if met == 0 {
		t.Error("no panic was met")
	}
}

// Where tasks wait for what cannot come is said.
func TestPositionsOfTasksThatAreStuck(t *testing.T) {
	log := failing(t, func(t testing.TB) {
		rttest.Explore(t, func(s *rttest.Scenario) {
			q := rt.NewQueue[int](1)
			s.GoPlain("hopeful", func() error { _, err := q.Get(); return err })
			s.Go("generated", receiveAsync(q))
		})
	})
	for _, want := range []string{`\thopeful, waiting in \S+ scenario_test\.go:\d+ for an item of a queue, place 1`, `\tgenerated, waiting in \S+ scenario_test\.go:\d+ for an item of a queue, place 2`} {
		if !log.matches(want) {
			t.Errorf("Explore says %q, want %q", log.lines, want)
		}
	}
}

//async:func
func receive(q *rt.Queue[int]) error {
	_, err := rt.Await(q.Get())
	return err
}
