//go:build linux

package poll_test

import (
	"io"
	"net"
	"path/filepath"
	"testing"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/hostile"
)

// TestF24_PanicsBesideSockets: of the tasks that one batch of events wakes some panic, and a callback does, too. Each of these panics is
// reported, with its stack; who stands behind it in the batch is served, then and later; and the direction of who has panicked is free.
func TestF24_PanicsBesideSockets(t *testing.T) {
	for form, generated := range map[string]bool{"plain": false, "generated": true} {
		for name, victim := range hostile.Victims {
			for _, network := range []string{"tcp", "unix"} {
				t.Run(form+", "+name+", "+network, func(t *testing.T) {
					w := newPanicWorld(t, network, generated)
					w.run(func() {
						w.begin(hostile.Bystander, 0, 2, 4)
						w.begin(victim.Body, 1, 3)
						rt.YieldNow() // all begin to wait
						w.send(0, 1, 2, 3, 4)
						w.loop.CallSoon(func() { panic(hostile.ErrPanic) })
						w.until(func() bool { return w.tasks[1].Done() && w.tasks[3].Done() })
						if victim.Recovers {
							w.wantPanics(1, 2)
						} else {
							w.wantPanics(3, 0)
						}
						w.begin(hostile.Bystander, 1, 3)
						if !victim.Leaves {
							w.send(1, 3)
						}
						w.send(0, 2, 4)
						w.wantServed(2, 1, 2, 1, 2)
					})
				})
			}
		}
	}
}

// A panicWorld is a loop with tasks that wait for a socket each.
type panicWorld struct {
	*testing.T
	hostile.Record
	generated bool // the form of the tasks
	loop      *rt.Loop
	conns     []*poll.Conn
	peers     []hostile.Peer
	tasks     []*rt.Task[struct{}]
	failures  []*rt.Failure // that were reported
}

func newPanicWorld(t *testing.T, network string, generated bool) *panicWorld {
	const tasks = 5
	w := &panicWorld{T: t, generated: generated, tasks: make([]*rt.Task[struct{}], tasks)}
	w.Served = make(map[*poll.Conn]int)
	var err error
	if w.loop, err = rt.NewLoop(rt.LoopOptions{Unhandled: func(x *rt.Failure) { w.failures = append(w.failures, x) }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.loop.Close() })
	at := "127.0.0.1:0"
	if network == "unix" {
		at = filepath.Join(t.TempDir(), "socket")
	}
	ln, err := poll.Listen(network, at)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for range tasks {
		peer, err := net.Dial(network, ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { peer.Close() })
		c, err := ln.AcceptConn()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		w.conns, w.peers = append(w.conns, c), append(w.peers, peer.(hostile.Peer))
	}
	return w
}

// run runs test as a plain task.
func (w *panicWorld) run(test func()) {
	w.loop.CallSoon(func() {
		rt.Spawn0(func() error {
			defer w.loop.Stop()
			test()
			return nil
		})
	})
	if err := w.loop.Run(); err != nil {
		w.Error(err)
	}
}

// begin has body be the task of some connections.
func (w *panicWorld) begin(body hostile.Body, of ...int) {
	for _, i := range of {
		c := w.conns[i]
		if w.generated {
			w.tasks[i] = rt.SpawnOn(w.loop, body.Async(&w.Record, c))
		} else {
			w.tasks[i] = rt.Spawn0(func() error { return body.Plain(&w.Record, c) })
		}
	}
}

// send has some connections receive a message.
func (w *panicWorld) send(to ...int) {
	for _, i := range to {
		if _, err := w.peers[i].Write([]byte("x")); err != nil {
			w.Error(err)
		}
	}
}

// until lets the others run until something has happened.
func (w *panicWorld) until(happened func() bool) {
	until(w.T, "what the tasks do", func() bool {
		rt.YieldNow()
		return happened()
	})
}

// wantPanics wants so many to have been reported, and to have been recovered.
func (w *panicWorld) wantPanics(reported, recovered int) {
	w.Helper()
	if len(w.failures) != reported || w.Caught != recovered {
		w.Errorf("%d panics were reported and %d recovered, want %d and %d", len(w.failures), w.Caught, reported, recovered)
	}
	for _, x := range w.failures {
		if x.Value != hostile.ErrPanic || len(x.Stack) == 0 {
			w.Errorf("reported, with a stack of %d functions: %v", len(x.Stack), x)
		}
	}
}

// wantServed wants each connection to have had so many messages, and its task to end with io.EOF when the peer ends its stream.
func (w *panicWorld) wantServed(messages ...int) {
	for i, want := range messages {
		served := func() int { return w.Served[w.conns[i]] }
		w.until(func() bool { return served() == want || w.tasks[i].Done() })
		if err := w.peers[i].CloseWrite(); err != nil {
			w.Error(err)
		}
		if _, err := w.tasks[i].Wait(); served() != want || err != io.EOF {
			w.Errorf("connection %d was served %d messages until %v, want %d", i, served(), err, want)
		}
	}
}
