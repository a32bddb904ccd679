//go:build linux

package poll

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

var reentrantSeeds = flag.Uint64("poll.reentrant", 100, "how many random programs TestF25 runs")

// TestF25_ChangesWithinABatch: tasks that a batch of events has woken, and callbacks beside them, close connections, cancel who waits, send, open
// connections, whose numbers were others' a moment ago, and stop the loop, at random. What each reader gets agrees with what was done to its
// connection, and in the end nobody waits for what is there.
func TestF25_ChangesWithinABatch(t *testing.T) {
	for seed := range *reentrantSeeds {
		w := &reentrantWorld{T: t, Rand: rand.New(rand.NewPCG(seed, 0)), deeds: 200}
		within(t, fmt.Sprintf("the program of seed %d", seed), w.run)
		if t.Failed() {
			t.Fatalf("seed %d: the last deeds are %v", seed, w.log[max(0, len(w.log)-20):])
		}
	}
}

// A reentrantWorld is a random program: a loop with connections, and deeds to come.
type reentrantWorld struct {
	*testing.T
	*rand.Rand
	loop  *rt.Loop
	links []*link
	deeds int
	log   []string
}

// A link is a connection of the program, and the model of it: what was done to it.
type link struct {
	c, peer *Conn
	reader  *rt.Task[struct{}] // nil: none has been begun since the last one ended

	sent, received     int  // bytes, which count up
	cancelled, expired bool // the reader, since it was begun
	closed, ended      bool // c, and the stream of peer
}

// run runs the program, and says what holds then.
func (w *reentrantWorld) run() {
	var err error
	if w.loop, err = rt.NewLoop(rt.LoopOptions{}); err != nil {
		w.Error(err)
		return
	}
	defer w.loop.Close()
	w.loop.CallSoon(func() {
		for range 4 {
			w.open()
		}
		w.act(10)
	})
	for w.deeds > 0 { // it is stopped now and then
		w.loop.CallSoon(func() { w.act(1) })
		w.loop.Stop()
		if err := w.loop.Run(); err != nil {
			w.Error(err)
		}
	}
	w.settle()
	for i, l := range w.links {
		w.checkSettled(i, l)
		l.c.Close()
		l.peer.Close()
		l.closed = true
	}
	w.settle()
	if n := w.loop.Tasks(); n != 0 {
		w.Errorf("%d tasks do not end although their connections are closed", n)
	}
}

// settle runs the loop until nothing comes any more: a deed is seen by the poll after it, and what that wakes runs in the same turn.
func (w *reentrantWorld) settle() {
	for range 10 {
		w.loop.Stop()
		if err := w.loop.Run(); err != nil {
			w.Error(err)
		}
	}
}

// checkSettled wants a connection to have lost nothing, and nobody to wait for what is there.
func (w *reentrantWorld) checkSettled(i int, l *link) {
	if l.closed {
		return
	}
	n, err := unix.IoctlGetInt(l.c.sysfd, unix.TIOCINQ)
	if err != nil {
		w.Errorf("link %d: %v", i, err)
	}
	if l.received+n != l.sent {
		w.Errorf("link %d: %d bytes were sent, %d received, %d are left", i, l.sent, l.received, n)
	}
	if l.reader != nil && (n > 0 || l.ended || l.cancelled || l.expired) {
		w.Errorf("link %d: its reader waits beside %d bytes; the stream has ended: %t, cancelled: %t, expired: %t", i, n, l.ended, l.cancelled, l.expired)
	}
}

// open makes a connection with a reader.
func (w *reentrantWorld) open() {
	l := new(link)
	l.c, l.peer = socketConns(w)
	w.links = append(w.links, l)
	w.begin(l)
}

// begin has a task read from l.
func (w *reentrantWorld) begin(l *link) {
	l.cancelled = false
	l.reader = rt.Spawn0(func() error { return w.read(l) })
	l.reader.AddDoneCallback(func(task *rt.Task[struct{}]) {
		_, err := task.Result()
		w.checkEnd(l, err)
		l.reader = nil
		w.act(w.IntN(2))
	})
}

// read reads from l, and does something after each read.
func (w *reentrantWorld) read(l *link) error {
	for buf := make([]byte, 4); ; {
		n, err := rt.Await(l.c.Read(buf[:1+w.IntN(len(buf))]))
		for _, b := range buf[:n] {
			if b != byte(l.received) {
				w.Errorf("byte %d of a link is the %dth of what was sent", l.received, b)
			}
			l.received++
		}
		w.act(w.IntN(3))
		if err != nil {
			return err
		}
	}
}

// checkEnd wants err to be of what was done to l.
func (w *reentrantWorld) checkEnd(l *link, err error) {
	var done bool
	switch {
	case errors.Is(err, context.Canceled):
		done = l.cancelled
	case errors.Is(err, net.ErrClosed):
		done = l.closed
	case errors.Is(err, os.ErrDeadlineExceeded):
		done = l.expired
	case err == io.EOF:
		done = l.ended && l.received == l.sent
	}
	if !done {
		w.Errorf("a reader has ended with %v after %d of %d bytes: %+v", err, l.received, l.sent, *l)
	}
}

// act does some deeds.
func (w *reentrantWorld) act(deeds int) {
	for range min(deeds, w.deeds) {
		w.deeds--
		i := w.IntN(len(w.links))
		w.log = append(w.log, w.do(w.links[i])+fmt.Sprint(" ", i))
	}
}

// do does one of them, to l if it concerns one, and says what it was.
func (w *reentrantWorld) do(l *link) (what string) {
	switch deed := w.IntN(20); {
	case deed < 7:
		return "send" + strings.Repeat("!", w.send(l, 1+w.IntN(3)))
	case deed < 9:
		if l.reader != nil {
			l.cancelled = l.reader.Cancel(nil) || l.cancelled
		}
		return "cancel"
	case deed < 11:
		l.closed = l.c.Close() == nil || l.closed
		return "close"
	case deed < 12:
		if !l.closed {
			l.c.SetReadDeadline(time.Unix(1, 0))
			l.expired = true
		}
		return "expire"
	case deed < 13:
		if !l.ended {
			l.ended = l.peer.CloseWrite() == nil
		}
		return "end"
	case deed < 15:
		w.open()
		return "open"
	case deed < 17:
		if l.reader == nil {
			l.c.SetReadDeadline(time.Time{})
			l.expired = false
			w.begin(l)
		}
		return "begin"
	case deed < 18:
		w.loop.CallSoon(func() { w.act(w.IntN(4)) })
		return "call"
	case deed < 19:
		w.loop.Stop()
		return "stop"
	default:
		if err := w.loop.Run(); err != rt.ErrLoopRunning {
			w.Errorf("Run within the loop: %v", err)
		}
		if err := w.loop.Close(); err != rt.ErrLoopRunning {
			w.Errorf("Close within the loop: %v", err)
		}
		return "run"
	}
}

// send has l receive so many bytes, which count up, and returns how many it took.
func (w *reentrantWorld) send(l *link, count int) (n int) {
	if l.ended || l.closed {
		return 0
	}
	p := make([]byte, count)
	for i := range p {
		p[i] = byte(l.sent + i)
	}
	n, err := l.peer.TryWrite(p)
	if err != nil {
		w.Error(err)
	}
	l.sent += n
	return n
}
