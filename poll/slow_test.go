//go:build linux

package poll

import (
	"context"
	"errors"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"golang.org/x/sys/unix"
)

var slowPeers = flag.Int("poll.slow", 1000, "how many slow peers TestF30 has; each takes two descriptors, and 10,000 some seconds")

// F30: peers that send a byte now and then, that say nothing, or that never read are all cut off at their deadline, none before, by a timer
// each.
func TestF30_SlowPeersAreCutOff(t *testing.T) {
	const (
		every    = 10 * time.Second
		deadline = time.Minute
	)
	timeout := func(_ *Conn, f func() error) error { return rt.Await0(rt.Timeout0(deadline, f)) }
	own := func(set func(*Conn, time.Time) error) func(*Conn, func() error) error {
		return func(c *Conn, f func() error) error {
			set(c, rt.Now().Add(deadline))
			return f()
		}
	}
	for name, kind := range map[string]struct {
		limit  func(c *Conn, f func() error) error
		sends  bool // each peer, a byte every while
		floods bool // the handler does; else it reads
	}{
		"Timeout0 of a dribble":         {limit: timeout, sends: true},
		"SetReadDeadline of silence":    {limit: own((*Conn).SetReadDeadline)},
		"Timeout0 of who never reads":   {limit: timeout, floods: true},
		"SetWriteDeadline, of the same": {limit: own((*Conn).SetWriteDeadline), floods: true},
	} {
		t.Run(name, func(t *testing.T) {
			overNetworks(t, func(t *testing.T, network string) {
				w := newSlowWorld(t, network)
				serve := w.receive
				if kind.floods {
					w.peers = w.peers[:(len(w.peers)+9)/10] // the kernel keeps what they do not read
					serve = w.flood
				}
				w.run(func() error {
					w.serve(func(c *Conn) error { return kind.limit(c, func() error { return serve(c) }) })
					turn() // in which the deadlines are set
					for w.clock.Now() < deadline {
						if kind.sends {
							w.dribble()
						}
						turn()
						if w.timedOut > 0 {
							t.Errorf("%d peers were cut off after %v", w.timedOut, w.clock.Now())
						}
						w.clock.Advance(every)
					}
					for w.timedOut < len(w.peers) && w.failed == nil {
						turn()
					}
					return w.failed
				})
			})
		})
	}
}

// A slowWorld is a loop, with a clock that stands still, on which slow peers are served.
type slowWorld struct {
	*testing.T
	clock *rttest.Clock
	loop  *rt.Loop
	ln    *Listener
	peers []*Conn

	received int   // bytes
	timedOut int   // handlers
	failed   error // what another handler has ended with
}

func newSlowWorld(t *testing.T, network string) *slowWorld {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if need := uint64(2**slowPeers + 100); limit.Cur < need {
		t.Skipf("%d descriptors are needed; the process may have %d", need, limit.Cur)
	}
	w := &slowWorld{T: t, clock: new(rttest.Clock), ln: listenOver(t, network), peers: make([]*Conn, *slowPeers)}
	var err error
	if w.loop, err = rt.NewLoop(rt.LoopOptions{Clock: w.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.loop.Close() })
	return w
}

// run runs test as a task, and closes what is left.
func (w *slowWorld) run(test func() error) {
	within(w.T, "the loop", func() {
		w.loop.CallSoon(func() {
			rt.Spawn0(test).AddDoneCallback(func(task *rt.Task[struct{}]) {
				if _, err := task.Result(); err != nil {
					w.Error(err)
				}
				w.loop.Stop()
			})
		})
		if err := w.loop.Run(); err != nil {
			w.Error(err)
		}
	})
	for _, c := range w.peers {
		if c != nil {
			c.Close()
		}
	}
}

// serve connects the peers, each to a handler.
func (w *slowWorld) serve(handler func(c *Conn) error) {
	for i := range w.peers {
		var err error
		if w.peers[i], err = dialTo(w.ln); err != nil {
			w.Fatal(err)
		}
		c, err := w.ln.AcceptConn()
		if err != nil {
			w.Fatal(err)
		}
		rt.Spawn0(func() error {
			defer c.Close()
			err := handler(c)
			if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
				w.timedOut++
			} else {
				w.failed = err
			}
			return nil
		})
	}
}

// receive counts what comes.
func (w *slowWorld) receive(c *Conn) error {
	for b := make([]byte, 1); ; {
		if _, err := rt.Await(c.Read(b)); err != nil {
			return err
		}
		w.received++
	}
}

// flood writes more than c's buffers take.
func (w *slowWorld) flood(c *Conn) error {
	if err := c.SetWriteBuffer(1); err != nil {
		return err
	}
	_, err := rt.Await(c.Write(tooMuch))
	return err
}

// dribble has each peer send a byte, which arrives.
func (w *slowWorld) dribble() {
	want := w.received + len(w.peers)
	for _, c := range w.peers {
		if _, err := send(c.sysfd, []byte("x")); err != nil {
			w.failed = err
		}
	}
	for w.received < want && w.failed == nil && w.timedOut == 0 {
		turn()
	}
	stats, err := w.loop.Stats(w.Context())
	if err != nil {
		w.failed = err
	}
	if stats.Timers > len(w.peers)+1 {
		w.Errorf("%d timers for %d peers", stats.Timers, len(w.peers))
	}
}
