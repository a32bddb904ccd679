package rt_test

import (
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// BenchmarkSelect is one Select of an event and a queue: Ready if the event is set, Waits if another task puts an item then.
func BenchmarkSelect(b *testing.B) {
	for _, c := range []struct {
		name string
		set  bool
	}{{"Ready", true}, {"Waits", false}} {
		b.Run(c.name, func(b *testing.B) {
			loop, _ := rttest.NewLoop(b)
			e, q := rt.NewEvent(), rt.NewQueue[int](0)
			if c.set {
				e.Set()
			}
			get, wait := new(rt.QueueGetOp[int]), new(rt.EventWaitOp)
			ws := []rt.Waiter{get, wait}
			var op rt.SelectOp
			i := 0
			b.ReportAllocs()
			task := rt.SpawnOn(loop, rt.Awaitable[struct{}](newLoops(func() (rt.Awaitable[int], bool) {
				i++
				get.Init(q)
				wait.Init(e)
				op.Init(ws...)
				return &op, i <= b.N
			})))
			if !c.set {
				rt.SpawnOn(loop, rt.Awaitable[struct{}](newLoops(func() (rt.Awaitable[int], bool) {
					q.TryPut(i)
					return yields{rt.YieldNowAsync()}, i <= b.N
				})))
			}
			if _, err := rt.RunUntil(loop, task); err != nil {
				b.Fatal(err)
			}
			for loop.Tasks() > 0 {
				loop.Stop()
				loop.Run()
			}
		})
	}
}

// yields is a yield as a call with a result.
type yields struct{ rt.Awaitable[struct{}] }

func (y yields) Result() (int, error) {
	_, err := y.Awaitable.Result()
	return 0, err
}
