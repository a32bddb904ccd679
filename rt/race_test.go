package rt_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// runner is one in a race: steps, and what they come to.
type runner struct {
	value int
	steps []step
}

// races is a step that has runners race, and logs what came.
func (w *world) races(name string, runners ...runner) step {
	var async []func() rt.Awaitable[int]
	var plain []func() (int, error)
	for _, r := range runners {
		async = append(async, func() rt.Awaitable[int] { return valued{newScript(r.steps), r.value} })
		plain = append(plain, func() (int, error) {
			_, err := plainScript(r.steps)
			return r.value, err
		})
	}
	return call(
		func() rt.Awaitable[int] { return rt.RaceAsync(async...) },
		func() (int, error) { return rt.Race(plain...) },
		func(v int, err error) error {
			w.log("%s:%d:%s", name, v, kindOf(err))
			return err
		})
}

func TestRaceReturnsTheFirstSuccess(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		w.runs(25, w.races("race",
			runner{1, []step{sleep(5), fail(boom)}}, // no success
			runner{2, []step{w.forever("2", false)}},
			runner{3, []step{sleep(10)}},
			runner{4, []step{sleep(10)}},                                                       // in the same turn, too late
			runner{5, []step{w.forever("5", true), shield(nil, sleep(15), w.says("cleaned"))}}, // takes its time
			runner{6, []step{w.forever("6", true)}}))                                           // returns a value all the same
		w.traced("2:canceled 5:canceled 6:canceled cleaned race:3:nil")
	})
}

func TestRaceThatAllLose(t *testing.T) {
	boom, bang := errors.New("boom"), errors.New("bang")
	inBothForms(t, func(w *world) {
		err := w.runs(20, w.races("race", runner{1, []step{sleep(20), fail(boom)}}, runner{2, []step{sleep(10), fail(bang)}}))
		if !errors.Is(err, boom) || !errors.Is(err, bang) || err.Error() != "boom\nbang" {
			w.Errorf("error %q, want both in the order of the functions", err)
		}
		if err := w.run(w.spawn(w.races("one", runner{1, []step{fail(boom)}}))); err != boom {
			w.Errorf("error %v, want the only one as it is", err)
		}
	})
}

func TestPanicInARace(t *testing.T) {
	inBothForms(t, func(w *world) {
		defer func() {
			if p := recover(); p != "boom" {
				w.Errorf("panicked with %v, want boom", p)
			}
			w.traced("2:canceled")
		}()
		w.run(w.spawn(w.races("race", runner{1, []step{sleep(5), do(func() { panic("boom") })}}, runner{2, []step{w.forever("2", true)}})))
		w.Error("no panic")
	})
}

func TestCancelOfARace(t *testing.T) {
	cause, boom := errors.New("cause"), errors.New("boom")
	inBothForms(t, func(w *world) {
		task := w.spawn(w.races("race",
			runner{1, []step{fail(boom)}},
			runner{2, []step{w.forever("2", false)}},
			runner{3, []step{w.forever("3", true), shield(nil, sleep(10))}}))
		w.turns(3)
		task.Cancel(cause)
		if err := w.run(task); !isCanceled(err) || !errors.Is(err, cause) || !errors.Is(err, boom) {
			w.Errorf("error %v, want the cancel and boom", err)
		}
		w.traced("2:canceled 3:canceled race:0:canceled")
		if now := w.clock.Now(); now != 10 {
			w.Errorf("ended at %d, want 10: after all", now)
		}
		// By a scope outside, which its owner knows by identity.
		w.runs(15, timeout(5, w.came("timeout"), w.races("race", runner{1, []step{sleep(50)}}, runner{2, []step{sleep(50)}})))
		w.traced("race:0:canceled timeout:timeout5")
		// Decided, it returns what it came to, and the cancel is the next await's.
		task = w.spawn(w.races("race", runner{1, nil}, runner{2, []step{shield(nil, sleep(20))}}),
			await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("next:%s", kindOf(err)); return nil }))
		w.turns(3)
		task.Cancel(nil)
		w.run(task)
		w.traced("race:1:nil next:canceled")
		// Under a cancelled scope nothing is begun.
		w.run(w.spawn(timeout(0, w.came("timeout"), w.races("race", runner{1, []step{w.says("never")}}))))
		w.traced("race:0:canceled timeout:timeout0")
	})
}

func TestRaceMisuse(t *testing.T) {
	misuse(t, func() { rt.Race[int]() })
	w := newWorld(t)
	w.loop.CallSoon(func() { misuse(t, func() { rt.Race0(func() error { return nil }) }) })
	w.turns(1)
	misuse(t, func() {
		co := rt.Drive(rt.RaceAsync(func() rt.Awaitable[int] { return rt.Value(1) }))
		co.Send()
		co.Result()
	})
}

func TestSweepOfARace(t *testing.T) {
	boom := errors.New("boom")
	for winner := range 4 { // 3: nobody
		rttest.Sweep(t, func(s *rttest.Scenario) {
			running := 0
			var fs []func() rt.Awaitable[int]
			for i := range 3 {
				last := func() error { running--; return boom }
				if i == winner {
					last = func() error { running--; return nil }
				}
				fs = append(fs, func() rt.Awaitable[int] {
					return valued{newScript([]step{do(func() { running++ }), ignored(), ignored(), {end: last}}), i}
				})
			}
			var races []*rt.Task[struct{}]
			for n := range 2 {
				races = append(races, s.Go(fmt.Sprint("race", n), newScript([]step{await(func() rt.Awaitable[int] { return rt.RaceAsync(fs...) }, func(v int, err error) error {
					if err == nil && v != winner || winner == 3 && err == nil {
						s.Errorf("%d won, want %d", v, winner)
					}
					return err
				})})))
			}
			s.Check(func() {
				for _, race := range races {
					if winner == 3 && s.Err(race) == nil {
						s.Error("nobody has won, and there is no error")
					}
				}
				if running != 0 {
					s.Errorf("%d are running", running)
				}
			})
		})
	}
}

func ExampleRace() {
	ask := func(after time.Duration, answer string) func() (string, error) {
		return func() (string, error) {
			err := rt.Sleep(after)
			if err != nil {
				fmt.Println(answer, err)
			}
			return answer, err
		}
	}
	v, err := rt.Race(
		func() (string, error) { return "", errors.New("no such server") },
		ask(time.Millisecond, "fast"),
		ask(time.Hour, "slow"))
	fmt.Println(v, err)
	// Output:
	// slow rt: canceled: rt: another one has won the race
	// fast <nil>
}
