package rt

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// TestReadyAwaitsLetOthersRunAfterAFailedOne checks that an await which failed at once, its error swallowed, does not leave the
// task with a licence to run for ever: further awaits that are ready still end its turn now and then.
func TestReadyAwaitsLetOthersRunAfterAFailedOne(t *testing.T) {
	for _, cancels := range []int{0, 1, 100_000} { // how many awaits fail: none, the first, every other one
		t.Run(fmt.Sprint(cancels), func(t *testing.T) {
			l, err := NewLoop(LoopOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			done := NewFutureOn[int](l)
			done.SetResult(1)
			stop, n, failed := false, 0, 0
			const bound = 10_000
			var busy *Task[struct{}]
			busy = SpawnOn(l, awaitAgain(func() bool {
				if n++; n%2 == 0 && n/2 < cancels {
					busy.Cancel(nil)
				}
				return n < bound && !stop
			}, done, &failed))
			if cancels > 0 {
				busy.Cancel(nil)
			}
			l.CallSoon(func() { stop = true })
			if _, err := RunUntil(l, busy); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if n >= bound {
				t.Errorf("%d ready awaits, %d failed, and nobody else ran", n, failed)
			}
			if (cancels > 0) != (failed > 0) || failed > cancels {
				t.Errorf("%d awaits failed", failed)
			}
		})
	}
}

// again awaits a future as long as more says.
type again struct {
	Frame
	more   func() bool
	f      *Future[int]
	failed *int
	call   FutureWaitOp[int]
}

func awaitAgain(more func() bool, f *Future[int], failed *int) Awaitable[struct{}] {
	co := &again{more: more, f: f, failed: failed}
	co.Visible()
	return co
}

func (co *again) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }
func (co *again) Result() (struct{}, error)              { co.Check(); return struct{}{}, nil }

func (co *again) Resume(fb *Fiber) bool {
	if co.Enter() == 1 {
		goto await
	}
loop:
	if !co.more() {
		return co.End()
	}
	co.call.Init(co.f)
	if !co.call.Start(fb, co) {
		return co.Suspend(1)
	}
await:
	if _, err := co.call.Result(); err != nil {
		*co.failed++
	}
	goto loop
}
