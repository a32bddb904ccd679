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

var slowPeers = flag.Int("poll.slow", 1000, "how many slow peers TestF30 has; each takes a descriptor here and one in another process")

// F30: peers that send a byte now and then, that say nothing, or that never read are all cut off at their deadline, none before, by a timer
// each, and take little memory meanwhile.
//
//	go test ./poll -run TestF30_SlowPeers -poll.slow=10000 -v
func TestF30_SlowPeersAreCutOff(t *testing.T) {
	const (
		every    = 10 * time.Second
		deadline = time.Minute
		most     = 2 << 10 // bytes a peer, where there are many
	)
	timeout := func(_ *Conn, f func() rt.Awaitable[int]) rt.Awaitable[int] { return rt.TimeoutAsync(deadline, f) }
	own := func(set func(*Conn, time.Time) error) func(*Conn, func() rt.Awaitable[int]) rt.Awaitable[int] {
		return func(c *Conn, f func() rt.Awaitable[int]) rt.Awaitable[int] {
			set(c, rt.Now().Add(deadline))
			return f()
		}
	}
	for name, kind := range map[string]struct {
		limit  func(c *Conn, f func() rt.Awaitable[int]) rt.Awaitable[int]
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
				peers := *slowPeers
				if kind.floods {
					peers = (peers + 9) / 10 // the kernel keeps what they do not read
				}
				w := newSlowWorld(t, network, peers)
				serve := w.receiveAsync
				if kind.floods {
					serve = w.floodAsync
				}
				w.run(func() {
					before := ownMemory()
					w.serve(func(c *Conn) rt.Awaitable[int] {
						return kind.limit(c, func() rt.Awaitable[int] { return serve(c) })
					})
					turn() // in which the last deadline is set
					taken := ownMemory().less(before).by(peers)
					t.Logf("each of %d peers takes %.0f bytes, %.0f resident", peers, taken.live, taken.resident)
					if taken.live > most && !kind.floods {
						t.Errorf("each of %d peers takes %.0f bytes, want %d at most", peers, taken.live, most)
					}
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
					w.until(func() bool { return w.timedOut == len(w.conns) })
				})
			})
		})
	}
}

// less returns how much m is more than before.
func (m memoryUse) less(before memoryUse) memoryUse {
	return memoryUse{resident: m.resident - before.resident, live: m.live - before.live}
}

// by returns what each of n has of m.
func (m memoryUse) by(n int) memoryUse {
	return memoryUse{resident: m.resident / float64(n), live: m.live / float64(n)}
}

// A slowWorld is a loop, with a clock that stands still, on which the slow peers of another process are served.
type slowWorld struct {
	*testing.T
	clock *rttest.Clock
	loop  *rt.Loop
	ln    *Listener
	crowd *crowd
	conns []*Conn // to the peers

	received int   // bytes
	timedOut int   // handlers
	failed   error // what another handler has ended with
}

func newSlowWorld(t *testing.T, network string, peers int) *slowWorld {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if need := uint64(peers + 100); limit.Cur < need {
		t.Skipf("%d descriptors are needed; the process may have %d", need, limit.Cur)
	}
	w := &slowWorld{T: t, clock: new(rttest.Clock), ln: listenOver(t, network), conns: make([]*Conn, peers)}
	w.crowd = startCrowd(t, w.ln, peers)
	var err error
	if w.loop, err = rt.NewLoop(rt.LoopOptions{Clock: w.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.loop.Close() })
	return w
}

// run runs test as a plain task, and closes what is left.
func (w *slowWorld) run(test func()) {
	within(w.T, "the loop", func() {
		w.loop.CallSoon(func() {
			rt.Spawn0(func() error {
				defer w.loop.Stop()
				test()
				return w.failed
			}).AddDoneCallback(func(task *rt.Task[struct{}]) {
				if _, err := task.Result(); err != nil {
					w.Error(err)
				}
			})
		})
		if err := w.loop.Run(); err != nil {
			w.Error(err)
		}
	})
	for _, c := range w.conns {
		if c != nil {
			c.Close()
		}
	}
}

// serve accepts the peers, each for a handler.
func (w *slowWorld) serve(handler func(c *Conn) rt.Awaitable[int]) {
	for i := range w.conns {
		c, err := rt.Await(w.ln.AcceptConn())
		if err != nil {
			w.Fatal(err)
		}
		w.conns[i] = c
		rt.SpawnOn(w.loop, handler(c)).AddDoneCallback(func(task *rt.Task[int]) {
			c.Close()
			_, err := task.Result()
			if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
				w.timedOut++
			} else {
				w.failed = err
			}
		})
	}
}

// until lets the handlers run until something has happened, or one has failed.
func (w *slowWorld) until(happened func() bool) {
	for !happened() && w.failed == nil {
		turn()
	}
}

// floodAsync writes more than c's buffers take.
func (w *slowWorld) floodAsync(c *Conn) rt.Awaitable[int] {
	if err := c.SetWriteBuffer(1); err != nil {
		w.Error(err)
	}
	return c.WriteAsync(tooMuch)
}

// dribble has each peer send a byte, which arrives.
func (w *slowWorld) dribble() {
	want := w.received + len(w.conns)
	if err := w.crowd.send(); err != nil {
		w.failed = err
	}
	w.until(func() bool { return w.received == want || w.timedOut > 0 })
	stats, err := w.loop.Stats(w.Context())
	if err != nil {
		w.failed = err
	}
	if stats.Timers > len(w.conns)+1 {
		w.Errorf("%d timers for %d peers", stats.Timers, len(w.conns))
	}
}

// receiveAsync counts what comes.
func (w *slowWorld) receiveAsync(c *Conn) rt.Awaitable[int] {
	co := &slowReceiveCoro{w: w, c: c}
	co.Visible()
	return co
}

// slowReceiveCoro is one call of
//
//	func (w *slowWorld) receive(c *Conn) (int, error) {
//		for b := make([]byte, 1); ; w.received++ {
//			if _, err := rt.Await(c.Read(b)); err != nil {
//				return 0, err
//			}
//		}
//	}
type slowReceiveCoro struct {
	rt.Frame
	w     *slowWorld
	c     *Conn
	b     [1]byte
	err   error
	call1 ConnReadOp
}

func (co *slowReceiveCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *slowReceiveCoro) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter() == 1 {
		goto await1
	}
for1:
	co.call1.Init(co.c, co.b[:])
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	if _, co.err = co.call1.Result(); co.err != nil {
		return co.End()
	}
	co.w.received++
	goto for1
}

func (co *slowReceiveCoro) Result() (int, error) {
	co.Check()
	return 0, co.err
}
