package rttest_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// transfer passes three items through a queue. With lossy, the consumer takes an item and can be cancelled before it notes it.
func transfer(lossy bool) func(s *rttest.Scenario) {
	return func(s *rttest.Scenario) {
		q := rt.NewQueue[int](1)
		put, got := 0, 0
		s.GoPlain("put", func() error {
			for i := range 3 {
				if err := q.Put(i); err != nil {
					return err
				}
				put++
			}
			return nil
		})
		s.GoPlain("get", func() error {
			for range 3 {
				if _, err := q.Get(); err != nil {
					return err
				}
				if lossy {
					if err := rt.Sleep(time.Second); err != nil {
						return err
					}
				}
				got++
			}
			return nil
		})
		s.Check(func() {
			if put != got+q.Len() {
				s.Errorf("put %d, got %d, %d in the queue", put, got, q.Len())
			}
		})
	}
}

func TestSweepFindsALoss(t *testing.T) {
	rttest.Sweep(t, transfer(false))
	log := failing(t, func(t testing.TB) { rttest.Sweep(t, transfer(true)) })
	if !log.has(`task "get" is cancelled before step`) || !log.has("put ") {
		t.Errorf("the sweep says %q", log.lines)
	}
}

// Each task is met in each of its states, by each fault.
func TestSweepMeetsEverything(t *testing.T) {
	met := map[string]int{}
	rttest.Sweep(t, func(s *rttest.Scenario) {
		for _, name := range []string{"a", "b"} {
			s.GoPlain(name, func() error {
				for i := range 3 {
					if err := rt.Sleep(time.Second); err != nil {
						met[fmt.Sprintf("%s%d %v", name, i, err)]++
						met[fmt.Sprintf("%s%d again %v", name, i, rt.Sleep(time.Second))]++
						return err
					}
				}
				return nil
			})
		}
	})
	for _, name := range []string{"a", "b"} {
		for i := range 3 {
			for _, want := range []string{rttest.ErrInjected.Error(), "rt: canceled: rttest: cancelled by Sweep", "again <nil>", "again rt: canceled: rttest: cancelled by Sweep"} {
				if met[fmt.Sprintf("%s%d %s", name, i, want)] == 0 {
					t.Errorf("task %s was never met with %q at await %d", name, want, i)
				}
			}
		}
	}
	if t.Failed() {
		t.Log(met)
	}
}

// A fault that leaves something behind is found, and said.
func TestSweepFindsWhatIsLeft(t *testing.T) {
	tests := []struct {
		name     string
		scenario func(s *rttest.Scenario)
		want     string
	}{
		{"a task that is stuck", func(s *rttest.Scenario) {
			s.GoPlain("waits", func() error { _, err := rt.NewFuture[int]().Wait(); return err })
		}, `tasks ["waits"] wait for ever`},
		{"a task of a task", func(s *rttest.Scenario) {
			s.GoPlain("spawns", func() error {
				rt.Spawn0(func() error { _, err := rt.NewFuture[int]().Wait(); return err })
				return nil
			})
		}, "1 task left that the others have spawned"},
		{"a task that swallows cancels", func(s *rttest.Scenario) {
			s.GoPlain("stays", func() error {
				for rt.Sleep(time.Second) == nil {
				}
				rt.NewFuture[int]().Wait()
				_, err := rt.NewFuture[int]().Wait()
				return err
			})
		}, `the tasks still run after`},
		{"a descriptor", func(s *rttest.Scenario) {
			s.GoPlain("opens", func() error {
				f, err := os.Open(os.DevNull)
				s.Cleanup(func() { f.Close() })
				return err
			})
		}, "1 file descriptor left"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			log := failing(t, func(t testing.TB) { rttest.Sweep(t, test.scenario) })
			if !log.has(test.want) || !log.has("in the run without a disturbance") {
				t.Errorf("the sweep says %q, want %q", log.lines, test.want)
			}
		})
	}
}

func TestStuckTasksAreNamedAndCancelled(t *testing.T) {
	var stuck [][]string
	rttest.Sweep(t, func(s *rttest.Scenario) {
		q := rt.NewQueue[int](1)
		s.GoPlain("put", func() error { return q.Put(1) })
		s.GoPlain("get", func() error { _, err := q.Get(); return err })
		s.Check(func() { stuck = append(stuck, s.Stuck()) })
	})
	if !slices.ContainsFunc(stuck, func(names []string) bool { return slices.Equal(names, []string{"get"}) }) || len(stuck[0]) != 0 {
		t.Errorf("stuck: %v", stuck)
	}
}

func ExampleSweep() {
	// A worker that counts what it has done, and must give its permit back wherever it is cancelled.
	test := func(t testing.TB) {
		rttest.Sweep(t, func(s *rttest.Scenario) {
			permits := rt.NewSemaphore(1)
			for _, name := range []string{"first", "second"} {
				s.GoPlain(name, func() error {
					if err := permits.Acquire(); err != nil {
						return err
					}
					defer permits.Release()
					return rt.Sleep(time.Second)
				})
			}
			s.Check(func() {
				if n := permits.Available(); n != 1 {
					s.Errorf("%d permits are left", n)
				}
			})
		})
	}
	test(new(testing.T)) // in a test: the function's own t
	// Output:
}

// A task that is cancelled while all wait goes on at once, before the clock moves to the timer that another one waits for.
func TestSweepCancelsWhileAllWait(t *testing.T) {
	early := 0
	rttest.Sweep(t, func(s *rttest.Scenario) {
		q, sleeping, met, slept := rt.NewQueue[int](1), false, false, false
		s.GoPlain("get", func() error {
			_, err := q.Get()
			met = err != nil && sleeping && s.Clock.Now() == 0
			return err
		})
		s.GoPlain("sleep", func() error {
			sleeping = true
			err := rt.Sleep(time.Second)
			slept = err == nil
			return q.Put(1)
		})
		s.Check(func() {
			if met && slept {
				early++
			}
		})
	})
	if early != 6 { // by each of three faults: before the step in which the other begins to sleep, and while that sleeps
		t.Errorf("in %d runs a fault met the task before the clock moved, want 6", early)
	}
}
