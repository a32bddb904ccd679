//go:build linux

package tlspoll

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// A slowPeer is one that drags out what it does, and how the server waits for it.
type slowPeer struct {
	shaken bool                // the handshake is made before
	sends  func(n int) []byte  // what goes to the socket below as the nth piece; nil: nothing
	floods bool                // serve writes without end
	speaks bool                // it writes a record of one byte each time
	serve  func(c *Conn) error // until it fails
}

// slowPeers are those of F30.
func slowPeers(hello []byte) map[string]slowPeer {
	read := func(c *Conn) error {
		for b := make([]byte, 10); ; {
			if _, err := rt.Await(c.Read(b)); err != nil {
				return err
			}
		}
	}
	return map[string]slowPeer{
		"says nothing":              {serve: (*Conn).Handshake},
		"sends its hello in bytes":  {serve: (*Conn).Handshake, sends: func(n int) []byte { return hello[n : n+1] }},
		"sends a record in bytes":   {serve: read, shaken: true, sends: func(n int) []byte { return []byte{typeApplication, 3, 3, 0, 100, 0, 0, 0}[n : n+1] }},
		"sends records of one byte": {serve: read, shaken: true, speaks: true},
		"falls silent":              {serve: read, shaken: true},
		"never reads": {shaken: true, floods: true, serve: func(c *Conn) error {
			_, err := rt.Await(c.Write(tooMuch))
			return err
		}},
	}
}

// TestF30_SlowPeersAreCutOff at their deadline and none before, by one timer each, whatever of TLS they drag out.
func TestF30_SlowPeersAreCutOff(t *testing.T) {
	const (
		peers    = 10
		every    = 10 * time.Second
		deadline = time.Minute
	)
	_, config := configs()
	for name, peer := range slowPeers(helloOf(t, config)) {
		for by, limit := range map[string]func(c *Conn, f func() error) error{
			"Timeout0": func(_ *Conn, f func() error) error { return rt.Await0(rt.Timeout0(deadline, f)) },
			"deadline": func(c *Conn, f func() error) error {
				set := c.SetReadDeadline
				if peer.floods {
					set = c.SetWriteDeadline
				}
				set(rt.Now().Add(deadline))
				return f()
			},
		} {
			t.Run(name+", "+by, func(t *testing.T) {
				var clock rttest.Clock
				runBy(t, &clock, func() error {
					w, err := newSlowWorld(t, peers, peer.shaken)
					if err != nil {
						return err
					}
					w.serve(func(c *Conn) error { return limit(c, func() error { return peer.serve(c) }) })
					for n := 0; clock.Now() < deadline; n++ {
						if err := w.send(peer, n); err != nil {
							return err
						}
						w.rest(peer)
						if w.timedOut > 0 || len(w.failed) > 0 {
							t.Errorf("after %v %d peers have been cut off, others failed with %v", clock.Now(), w.timedOut, w.failed)
						}
						clock.Advance(every)
					}
					for w.timedOut < peers && len(w.failed) == 0 {
						rt.Await0(rt.YieldNow())
					}
					return errors.Join(w.failed...)
				})
			})
		}
	}
}

// runBy is run on a loop with a clock.
func runBy(t *testing.T, clock rt.Clock, main func() error) {
	t.Helper()
	loop, err := rt.NewLoop(rt.LoopOptions{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	within(t, "the loop", func() {
		loop.CallSoon(func() {
			rt.Spawn0(main).AddDoneCallback(func(task *rt.Task[struct{}]) {
				if _, err := task.Result(); err != nil {
					t.Error(err)
				}
				loop.Stop()
			})
		})
		if err := loop.Run(); err != nil {
			t.Error(err)
		}
	})
}

// A slowWorld has the connections of slow peers, of which both ends are on one loop.
type slowWorld struct {
	*testing.T
	ours, peers []*Conn
	timedOut    int     // handlers
	failed      []error // of the others that have ended
}

// newSlowWorld connects peers, in a task.
func newSlowWorld(t *testing.T, count int, shaken bool) (*slowWorld, error) {
	w := &slowWorld{T: t}
	server, client := configs()
	ln := listenLocal(t)
	t.Cleanup(func() {
		for i := range w.ours {
			w.ours[i].Close()
			w.peers[i].Close()
		}
	})
	for range count {
		raw, err := rt.Await(poll.Dial("tcp", ln.Addr().String()))
		if err != nil {
			return nil, err
		}
		accepted, err := rt.Await(ln.AcceptConn())
		if err != nil {
			raw.Close()
			return nil, err
		}
		c, peer := Server(accepted, server), Client(raw, client)
		w.ours, w.peers = append(w.ours, c), append(w.peers, peer)
		if !shaken {
			continue
		}
		if err := rt.Await0(rt.Gather0(c.Handshake, peer.Handshake)); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// serve has a task for each connection.
func (w *slowWorld) serve(handler func(c *Conn) error) {
	for _, c := range w.ours {
		rt.Spawn0(func() error {
			err := handler(c)
			if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
				w.timedOut++
			} else {
				w.failed = append(w.failed, err)
			}
			return nil
		})
	}
}

// send has each peer send its nth piece.
func (w *slowWorld) send(as slowPeer, n int) error {
	for _, p := range w.peers {
		var err error
		switch {
		case as.sends != nil:
			_, err = p.raw.TryWrite(as.sends(n))
		case as.speaks:
			_, err = rt.Await(p.Write([]byte("x")))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rest lets the handlers run until each of them waits, with a timer at most.
func (w *slowWorld) rest(as slowPeer) {
	waits := func(c *Conn) bool {
		if as.floods {
			return full(w.T, c)
		}
		return unread(w.T, c.raw) == 0 && waiting(c)
	}
	for _, c := range w.ours {
		for !waits(c) && w.timedOut == 0 && len(w.failed) == 0 {
			rt.Await0(rt.YieldNow())
		}
	}
	stats, err := rt.RunningLoop().Stats(w.Context())
	if err != nil {
		w.Error(err)
	}
	if stats.Timers > len(w.ours) {
		w.Errorf("%d timers for %d peers", stats.Timers, len(w.ours))
	}
}
