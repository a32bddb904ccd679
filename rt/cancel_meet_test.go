package rt_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// meeting is what is swept of an operation: tasks that wait by it, and one that gives what they wait for. It is made anew for each
// run, on the run's loop.
type meeting struct {
	// wait returns the steps of one wait. The script ends with the operation's error, which no step after it may hide.
	wait func() []step
	// give gives what one wait waits for, and does not wait itself; what nobody waits for yet is there for the next. It is
	// nil where time alone is waited for.
	give func()
	// check checks, when all have ended, that nothing was lost and nobody stands in a line.
	check func()
	// alone says that several who wait would give to each other.
	alone bool
}

// distant is a deadline that no run comes to, unless a timer is left that should be gone.
const distant = time.Hour

// sweepMeeting interrupts the tasks of a meeting before every step: two that wait twice, and one that gives, and goes on giving when
// it is interrupted, so that nobody may wait in the end.
func sweepMeeting(t *testing.T, meet func(w *world) meeting) {
	for _, plain := range []bool{false, true} {
		rttest.Sweep(t, func(s *rttest.Scenario) {
			w := scenarioWorld(s, plain)
			m := meet(w)
			waiters := 2
			if m.alone {
				waiters = 1
			}
			var tasks []*rt.Task[struct{}]
			for range waiters {
				steps := append(m.wait(), ignored())
				tasks = append(tasks, s.Go("waits", w.awaitable(append(steps, m.wait()...)...)))
			}
			var gives []step
			for range 4*waiters + 4 { // more than is asked for: what an event gives, nobody may be there to meet
				gives = append(gives, ignored(), do(func() {
					if m.give != nil {
						m.give()
					}
				}))
			}
			tasks = append(tasks, s.Go("gives", w.awaitable(gives...)))
			timers := countTimers(s, tasks)
			s.Check(func() {
				if stuck := s.Stuck(); len(stuck) > 0 {
					s.Errorf("%q waited for ever", stuck)
				}
				if *timers != 0 || s.Clock.Now() >= distant {
					s.Errorf("at %v, %d timers were left", s.Clock.Now(), *timers)
				}
				m.check()
				for _, task := range tasks {
					task.Result() // a panic
				}
			})
		})
	}
}

// scenarioWorld is a world for the scripts of a scenario.
func scenarioWorld(s *rttest.Scenario, plain bool) *world {
	return &world{TB: s, loop: s.Loop, clock: s.Clock, plain: plain}
}

// countTimers counts, when the last of tasks has ended, the timers that the loop has.
func countTimers(s *rttest.Scenario, tasks []*rt.Task[struct{}]) *int {
	timers, left := 0, len(tasks)
	for _, task := range tasks {
		task.AddDoneCallback(func(*rt.Task[struct{}]) {
			if left--; left == 0 {
				stats, err := s.Loop.Stats(context.Background())
				if err != nil {
					s.Error(err)
				}
				timers = stats.Timers
			}
		})
	}
	return &timers
}

// clash is what comes to a task that waits: what it waits for, a cancel, and a deadline.
type clash struct {
	cancelled, timed bool
	gives, cancels   int // after so many turns
	atOnce           bool
}

// clashes are a cancel in each of the first turns, before, with and after what is waited for; and all that can come at one time of
// the clock.
func clashes() (all []clash) {
	for gives := range 3 {
		for cancels := range 3 {
			all = append(all, clash{cancelled: true, gives: gives, cancels: cancels})
		}
	}
	return append(all, clash{cancelled: true, atOnce: true}, clash{timed: true, atOnce: true}, clash{cancelled: true, timed: true, atOnce: true})
}

// meetingTime is when in a clash all comes at once.
const meetingTime = 5

// exploreMeeting has a task wait while another gives and a third cancels it, in every order that they can run in. A cancel that came
// before the task's last await is met by one of its awaits, and is never its deadline's.
func exploreMeeting(t *testing.T, meet func(w *world) meeting) {
	orders, clashes := 0, clashes()
	for _, c := range clashes {
		orders += rttest.Explore(t, func(s *rttest.Scenario) { c.scenario(s, false, meet) })
		orders += rttest.Explore(t, func(s *rttest.Scenario) { c.scenario(s, true, meet) })
	}
	if orders <= 2*len(clashes) {
		t.Errorf("only %d orders of %d clashes in two forms", orders, len(clashes))
	}
}

func (c clash) scenario(s *rttest.Scenario, plain bool, meet func(w *world) meeting) {
	w := scenarioWorld(s, plain)
	m := meet(w)
	var met []error // what came out, of a deadline and of the next await
	meets := func(err error) error { met = append(met, err); return nil }
	asked, last := false, false // the cancel came, and was in time; the last await is about to be made
	waits := nested(m.wait(), meets)
	if c.timed {
		waits = timeout(meetingTime, meets, m.wait()...)
	}
	victim := s.Go("waits", w.awaitable(waits,
		await(func() rt.Awaitable[struct{}] { last = true; return rt.YieldNowAsync() }, none(meets))))
	after := func(turns int, f func()) []step {
		if c.atOnce {
			return []step{sleep(meetingTime), do(f)}
		}
		var steps []step
		for range turns {
			steps = append(steps, yield())
		}
		return append(steps, do(f))
	}
	if m.give != nil {
		s.Go("gives", w.awaitable(after(c.gives, m.give)...))
	}
	if c.cancelled {
		s.Go("cancels", w.awaitable(after(c.cancels, func() { asked = !last && victim.Cancel(nil) })...))
	}
	s.Check(func() {
		found := false
		for _, err := range met {
			var expired *rt.TimeoutError
			if found = found || errors.Is(err, context.Canceled); err != nil && !errors.Is(err, context.Canceled) && !errors.As(err, &expired) {
				s.Errorf("in %+v: error %v", c, err)
			}
		}
		if found != asked {
			s.Errorf("in %+v: cancelled %v, but what came is %v", c, asked, met)
		}
		m.check()
	})
}

// nested is a step of steps, in a section that bounds nothing.
func nested(steps []step, then func(error) error) step {
	async, plain := asFunc(steps)
	return call(async, plain, none(then))
}
