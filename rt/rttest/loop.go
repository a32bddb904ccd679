package rttest

import (
	"testing"

	"github.com/goasync/goasync/rt"
)

// NewLoop returns a loop on a fake clock that stands at zero. When the test ends it is closed, and the test fails if tasks are
// left on it that have not ended. The loop's Poller is a *Poller:
//
//	loop.Poller().(*rttest.Poller).OnWait(1, func() { ready.SetResult(true) })
func NewLoop(t testing.TB) (*rt.Loop, *Clock) {
	t.Helper()
	clock := new(Clock)
	loop, err := rt.NewLoop(rt.LoopOptions{Poller: NewPoller(clock), Clock: clock})
	if err != nil {
		t.Fatalf("rttest: no loop: %v", err)
	}
	t.Cleanup(func() {
		if err := loop.Close(); err != nil {
			t.Errorf("rttest: close of the loop: %v", err)
		}
	})
	return loop, clock
}
