package rt_test

import (
	"cmp"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/goasync/goasync/rt"
)

// turnUntil turns the loop, whose goroutine this is, until ended; meanwhile other goroutines run.
func (w *world) turnUntil(ended func() bool) {
	w.Helper()
	for !ended() {
		w.turns(1)
		runtime.Gosched()
	}
}

// Goroutines and tasks pass items to each other through queues of each order: each item arrives once.
func TestGoroutinesAndTasksShareAQueue(t *testing.T) {
	inBothForms(t, func(w *world) {
		for _, q := range []*rt.Queue[int]{
			rt.NewQueueOn[int](w.loop, 2), rt.NewLIFOQueueOn[int](w.loop, 2), rt.NewPriorityQueueOn(w.loop, 2, cmp.Less[int]),
		} {
			const each = 20
			var mu sync.Mutex
			var want, got []int
			gets := func(v int) {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, v)
			}
			var goroutines sync.WaitGroup
			for n := range 3 {
				goroutines.Go(func() {
					for i := range each {
						if err := q.Put(each*n + i); err != nil {
							t.Error(err)
						}
					}
				})
				goroutines.Go(func() {
					for range each {
						v, err := q.Get()
						if err != nil {
							t.Error(err)
						}
						gets(v)
						if err := w.loop.Post(q.TaskDone); err != nil {
							t.Error(err)
						}
					}
				})
			}
			goroutines.Go(func() {
				for range 2 {
					if err := q.Join(); err != nil {
						t.Error(err)
					}
				}
			})
			var puts, takes []step
			for i := range each {
				puts = append(puts, call0(func() rt.Awaitable[struct{}] { return q.PutAsync(3*each + i) },
					func() error { return q.Put(3*each + i) }, nil))
				takes = append(takes, call(q.GetAsync, q.Get, func(v int, err error) error { gets(v); q.TaskDone(); return err }))
			}
			tasks := []*rt.Task[struct{}]{w.spawn(puts...), w.spawn(takes...), w.spawn(w.joins(q))}
			for i := range 4 * each {
				want = append(want, i)
			}
			w.turnUntil(func() bool {
				return w.loop.Tasks() == 0 && q.Unfinished() == 0 && len(locked(&mu, &got)) == len(want)
			})
			finish(w, &goroutines)
			for _, task := range tasks {
				if _, err := task.Result(); err != nil {
					w.Error(err)
				}
			}
			if slices.Sort(got); !slices.Equal(got, want) || q.InLine() > 0 {
				w.Errorf("got %v, %d in line", got, q.InLine())
			}
		}
	})
}

// locked returns a copy of what mu guards.
func locked(mu *sync.Mutex, list *[]int) []int {
	mu.Lock()
	defer mu.Unlock()
	return slices.Clone(*list)
}

// finish turns the loop until goroutines have ended.
func finish(w *world, goroutines *sync.WaitGroup) {
	ended := make(chan struct{})
	go func() {
		goroutines.Wait()
		close(ended)
	}()
	w.turnUntil(func() bool {
		select {
		case <-ended:
			return true
		default:
			return false
		}
	})
}

// Goroutines and tasks meet at a barrier, exclude each other by a lock, and hear the same broadcast.
func TestGoroutinesAndTasksMeet(t *testing.T) {
	inBothForms(t, func(w *world) {
		const rounds = 20
		b, l, s := rt.NewBarrierOn(w.loop, 4), rt.NewLockOn(w.loop), rt.NewSemaphoreOn(w.loop, 2)
		news := rt.NewBroadcastOn[int](w.loop)
		var goroutines sync.WaitGroup
		var counts [4]int // each index comes once a round; guarded by l, which knows nothing of goroutines
		holders := 0      // of permits; the loop's
		heard := func(sub *rt.Subscription[int]) {
			for want := range rounds {
				if v, err := sub.Get(); v != want || err != nil {
					t.Errorf("got %d, %v, want %d", v, err, want)
				}
			}
			if _, err := sub.Get(); err != rt.ErrClosed {
				t.Errorf("error %v at the end", err)
			}
		}
		for range 2 {
			sub := news.Subscribe(rounds, rt.CloseSlow)
			goroutines.Go(func() {
				for range rounds {
					index, err := b.Wait()
					if err != nil {
						t.Error(err)
					}
					if err := errors.Join(l.Lock(), s.Acquire()); err != nil {
						t.Error(err)
					}
					counts[index]++
					w.loop.Post(func() {
						if holders++; holders > 2 {
							t.Errorf("%d have a permit", holders)
						}
						holders--
						s.Release()
						l.Unlock()
					})
				}
				heard(sub)
			})
		}
		for range 2 {
			var steps []step
			for range rounds {
				index := 0
				steps = append(steps,
					call(b.WaitAsync, b.Wait, func(i int, err error) error { index = i; return err }),
					call0(l.LockAsync, l.Lock, nil),
					do(func() { counts[index]++ }),
					yield(),
					do(l.Unlock))
			}
			w.spawn(steps...)
		}
		sends := []step{}
		for v := range rounds {
			sends = append(sends, do(func() { w.sends(news, v) }), yield())
		}
		w.spawn(append(sends, do(news.Close))...)
		finish(w, &goroutines)
		w.turnUntil(func() bool { return w.loop.Tasks() == 0 && !l.Locked() })
		if counts != [4]int{rounds, rounds, rounds, rounds} || b.InLine() > 0 || l.InLine() > 0 || s.Available() != 2 {
			w.Errorf("indices %v, %d and %d in line, %d permits", counts, b.InLine(), l.InLine(), s.Available())
		}
	})
}

// When the loop closes, who blocks gets ErrLoopClosed, from whatever it waits for.
func TestGoroutinesAreLetGoWhenTheLoopCloses(t *testing.T) {
	w := newWorld(t)
	empty, full := rt.NewQueueOn[int](w.loop, 1), rt.NewQueueOn[int](w.loop, 1)
	l, s, e, b := rt.NewLockOn(w.loop), rt.NewSemaphoreOn(w.loop, 1), rt.NewEventOn(w.loop), rt.NewBarrierOn(w.loop, 2)
	news := rt.NewBroadcastOn[int](w.loop).Subscribe(1, rt.DropOldest)
	full.TryPut(1)
	l.TryLock()
	s.TryAcquire()
	calls := map[string]func() error{
		"Get":          func() error { _, err := empty.Get(); return err },
		"Put":          func() error { return full.Put(2) },
		"Join":         full.Join,
		"Lock":         l.Lock,
		"Acquire":      s.Acquire,
		"Event.Wait":   e.Wait,
		"Barrier.Wait": func() error { _, err := b.Wait(); return err },
		"subscription": func() error { _, err := news.Get(); return err },
	}
	var goroutines sync.WaitGroup
	for what, f := range calls {
		goroutines.Go(func() {
			if err := f(); !errors.Is(err, rt.ErrLoopClosed) {
				t.Errorf("%s: error %v", what, err)
			}
		})
	}
	w.turnUntil(func() bool {
		return empty.InLine()+full.InLine()+l.InLine()+s.InLine()+e.InLine()+b.InLine()+news.InLine() == len(calls)
	})
	w.loop.Close()
	goroutines.Wait()
}

// What a goroutine was given in the last turn of the loop it has, though nothing runs any more that could tell it so.
func TestGoroutineGetsWhatCameInTheLastTurn(t *testing.T) {
	w := newWorld(t)
	q := rt.NewQueueOn[int](w.loop, 1)
	task := rt.SpawnOn(w.loop, q.GetAsync())
	var goroutines sync.WaitGroup
	for want, get := range map[int]func() (int, error){1: task.Wait, 2: q.Get} {
		goroutines.Go(func() {
			if v, err := get(); v != want || err != nil {
				t.Errorf("got %d, %v, want %d", v, err, want)
			}
		})
	}
	w.turnUntil(func() bool { return q.InLine() == 2 && task.InLine() == 1 })
	q.TryPut(1)
	q.TryPut(2)
	w.turns(1)
	w.loop.Close()
	goroutines.Wait()
}
