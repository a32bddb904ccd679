package rttest

import (
	"math/rand/v2"
	"testing"

	"github.com/goasync/goasync/rt"
)

// NewLoop returns a loop on a fake clock that stands at zero, which rt.Now shows as midnight UTC of January 1, 2000; rt.Rand draws
// the same numbers in every run. When the test ends the loop is closed, and the test fails if there
// are tasks on it that have not ended, unless the test has closed it before: it waits for them, or ends them by loop.Shutdown(-1). The
// loop's Poller is a *Poller:
//
//	loop.Poller().(*rttest.Poller).OnWait(1, func() { ready.SetResult(true) })
func NewLoop(t testing.TB) (*rt.Loop, *Clock) {
	t.Helper()
	clock := new(Clock)
	loop, err := rt.NewLoop(rt.LoopOptions{Poller: NewPoller(clock), Clock: clock, Rand: rand.NewPCG(0, 0)})
	if err != nil {
		t.Fatalf("rttest: no loop: %v", err)
	}
	t.Cleanup(func() {
		t.Helper()
		if n := loop.Tasks(); n > 0 && !loop.Closed() {
			t.Errorf("rttest: the test leaves %s behind: wait for the end, or call loop.Shutdown(-1), which cancels all tasks and runs the loop until they have ended:%s",
				counted(n, "task"), list(look(loop)))
		}
		if err := loop.Close(); err != nil {
			t.Errorf("rttest: close of the loop: %v", err)
		}
	})
	return loop, clock
}
