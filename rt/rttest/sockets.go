package rttest

import (
	"testing"

	"github.com/goasync/goasync/rt"
)

// UsePoller has sockets work on a loop with a fake clock, one of NewLoop or of a Scenario: what is ready on them is found out by the
// poller that open makes, most often poll.NewPoller. It is called before anything waits for a socket, and fails the test if open does.
// The loop closes the poller.
//
//	rttest.Sweep(t, func(s *rttest.Scenario) {
//		rttest.UsePoller(s, s.Loop, poll.NewPoller)
//		…
//	})
//
// The clock moves as before: when nothing is ready, on no socket either, it jumps to the next timer. So both ends of a connection must
// be the test's, and what one end sends must be there for the other at once. The kernel does so with pipes, socket pairs and Unix
// sockets. With TCP to the same machine it mostly does, but promises nothing: then a timeout may pass that would not have. What other
// processes send comes too late for a loop that has a timer to jump to, and for a Scenario always.
func UsePoller[P rt.Poller](t testing.TB, loop *rt.Loop, open func() (P, error)) {
	t.Helper()
	fake, ok := loop.Poller().(*Poller)
	switch {
	case !ok:
		t.Fatal("rttest: UsePoller on a loop without a fake poller: call it on one of NewLoop or of a Scenario")
	case fake.real != nil:
		t.Fatal("rttest: UsePoller twice on a loop, which has one poller")
	}
	real, err := open()
	if err != nil {
		t.Fatalf("rttest: no poller: %v", err)
	}
	fake.real = real
}
