package rt_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// maps is a step that calls a script for each item, which returns ten times the item.
func (w *world) maps(limit int, items []int, then func([]int, error) error, steps func(item int) []step) step {
	return call(
		func() rt.Awaitable[[]int] {
			return rt.MapAsync(limit, items, func(item int) rt.Awaitable[int] {
				return valued{newScript(steps(item)), 10 * item}
			})
		},
		func() ([]int, error) {
			return rt.Map(limit, items, func(item int) (int, error) {
				_, err := plainScript(steps(item))
				return 10 * item, err
			})
		},
		then)
}

// values is a then that logs values, or what kind of error came.
func (w *world) values(name string) func([]int, error) error {
	return func(values []int, err error) error {
		if err != nil {
			w.log("%s:%s", name, kindOf(err))
			return nil
		}
		for _, v := range values {
			name += fmt.Sprintf(":%d", v)
		}
		w.log("%s", name)
		return nil
	}
}

func TestMapKeepsTheOrderOfItsItems(t *testing.T) {
	inBothForms(t, func(w *world) {
		for _, limit := range []int{0, -1, 1, 2, 3, 4, 9} {
			begun, running, most := []int{}, 0, 0
			err := w.run(w.spawn(w.maps(limit, []int{4, 1, 3, 2}, w.values("map"), func(item int) []step {
				return []step{
					do(func() {
						begun = append(begun, item)
						running++
						most = max(most, running)
					}),
					sleep(time.Duration(item)),
					do(func() { running-- }),
				}
			})))
			w.traced("map:40:10:30:20")
			want := 4
			if limit > 0 {
				want = min(limit, 4)
			}
			if err != nil || most != want || !slices.Equal(begun, []int{4, 1, 3, 2}) {
				w.Errorf("error %v, begun %v, at most %d at a time, limit %d", err, begun, most, limit)
			}
		}
		w.run(w.spawn(w.maps(1, nil, func(values []int, err error) error {
			w.log("none:%d:%v:%v", len(values), values == nil, err)
			return nil
		}, nil)))
		w.traced("none:0:false:<nil>")
	})
}

func TestMapEndsWithItsFirstError(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		task := w.spawn(w.maps(2, []int{1, 2, 3, 4}, w.values("map"), func(item int) []step {
			if item == 2 {
				return []step{sleep(5), fail(boom)}
			}
			return []step{w.says("begins%d", item), w.forever(fmt.Sprint(item), true), shield(nil, sleep(5)), w.says("cleaned")}
		}))
		w.run(task)
		w.traced("begins1 1:canceled cleaned map:boom")
		if now := w.clock.Now(); now != 10 {
			w.Errorf("ended at %d, want 10", now)
		}
	})
	// A panic, likewise.
	inBothForms(t, func(w *world) {
		defer func() {
			if p := recover(); p != "boom" {
				w.Errorf("panicked with %v, want boom", p)
			}
			w.traced("1:canceled")
		}()
		w.run(w.spawn(w.maps(2, []int{1, 2, 3}, nil, func(item int) []step {
			if item == 2 {
				return []step{yield(), do(thrower)}
			}
			return []step{w.forever(fmt.Sprint(item), false)}
		})))
	})
}

func TestCancelOfAMapBeginsNoMore(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		steps := func(item int) []step {
			return []step{w.says("begins%d", item), w.forever(fmt.Sprint(item), true)} // and returns a value
		}
		task := w.spawn(w.maps(2, []int{1, 2, 3, 4}, nil, steps))
		w.turns(2)
		task.Cancel(cause)
		if err := w.run(task); !isCanceled(err) || !errors.Is(err, cause) {
			w.Errorf("error %v, want the cancel", err)
		}
		w.traced("begins1 begins2 1:canceled 2:canceled")
		w.run(w.spawn(timeout(10, w.came("timeout"), w.maps(1, []int{1, 2, 3, 4}, nil, steps))))
		w.traced("begins1 1:canceled timeout:timeout10")
	})
}

func TestSweepOfAMap(t *testing.T) {
	boom := errors.New("boom")
	for _, fails := range []bool{false, true} {
		sweep(t, 12, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
			running, ended := 0, 0
			for range 2 {
				tasks = append(tasks, w.spawn(w.maps(2, []int{1, 2, 3, 4, 5}, func(_ []int, err error) error {
					ended++
					if fails && err == nil {
						w.Error("the error was lost")
					}
					return err
				}, func(item int) []step {
					last := func() error { running--; return nil }
					if fails && item == 4 {
						last = func() error { running--; return boom }
					}
					return []step{do(func() { running++ }), ignored(), step{end: last}}
				})))
			}
			return tasks, func() {
				if running != 0 || ended != 2 {
					w.Errorf("%d running, %d ended", running, ended)
				}
			}
		})
	}
}

func TestMap0(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		sum := 0
		map0 := func(f func(v int) error) step {
			return call0(
				func() rt.Awaitable[struct{}] {
					return rt.Map0Async(2, []int{1, 2, 3}, func(v int) rt.Awaitable[struct{}] {
						return rt.Func0(func() error { return f(v) })
					})
				},
				func() error { return rt.Map0(2, []int{1, 2, 3}, f) },
				w.came("map"))
		}
		w.run(w.spawn(map0(func(v int) error { sum += v; return nil }), map0(func(v int) error { return boom })))
		w.traced("map:nil map:boom")
		if sum != 6 {
			w.Errorf("sum %d, want 6", sum)
		}
	})
	w := newWorld(t)
	w.loop.CallSoon(func() { misuse(t, func() { rt.Map0(1, []int{1}, func(int) error { return nil }) }) })
	w.turns(1)
	misuse(t, func() {
		co := rt.Drive(rt.MapAsync(1, []int{1}, func(v int) rt.Awaitable[int] { return rt.Value(v) }))
		co.Send()
		co.Result()
	})
}

func ExampleMap() {
	lengths, err := rt.Map(2, []string{"apple", "fig", "cherry"}, length)
	fmt.Println(lengths, err)
	_, err = rt.Map(2, []string{"apple", "", "cherry"}, length)
	fmt.Println(err)
	// Output:
	// [5 3 6] <nil>
	// no word
}
