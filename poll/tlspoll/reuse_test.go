//go:build linux

package tlspoll

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// TestF13_NumbersAreReusedUnderLoad: connections come and go, so that numbers are used again all the time, while goroutines close them and
// set deadlines at any moment, in the handshake and after it. No record, and no close_notify, may reach another connection than its own:
// that would end its session.
func TestF13_NumbersAreReusedUnderLoad(t *testing.T) {
	const lanes, rounds = 8, 20
	server, client := configs()
	inner := listenLocal(t)
	ln := NewListener(inner, server)
	var others sync.WaitGroup
	untouched := 0
	lane := func(tag byte) error {
		for n := range rounds {
			raw, err := rt.Await(poll.Dial("tcp", inner.Addr().String()))
			if err != nil {
				return err
			}
			c := Client(raw, client)
			touches := n%4 != 0
			if touches {
				others.Go(func() { // a foreign goroutine
					if rand.IntN(2) == 0 {
						c.SetDeadline(time.Now())
					}
					if rand.IntN(2) == 0 {
						c.Close()
					}
				})
			}
			err = exchangeMarks(c, bytes.Repeat([]byte{tag, byte(n)}, 500))
			c.Close()
			switch {
			case touches:
			case err != nil:
				t.Errorf("connection %d of lane %d, which nobody touched: %v", n, tag, err)
			default:
				untouched++
			}
		}
		return nil
	}
	run(t, func() error {
		serving := rt.Spawn0(func() error {
			for {
				c, err := rt.Await(ln.AcceptConn())
				if err != nil {
					return nil // it is closed
				}
				rt.Spawn0(func() error {
					echo(c) // ends when the client closes, with whatever error
					return nil
				})
			}
		})
		var tasks []*rt.Task[struct{}]
		for i := range lanes {
			tasks = append(tasks, rt.Spawn0(func() error { return lane(byte(i)) }))
		}
		for _, task := range tasks {
			if _, err := rt.Await(task.Wait()); err != nil {
				return err
			}
		}
		ln.Close()
		_, err := rt.Await(serving.Wait())
		return err
	})
	others.Wait()
	if want := lanes * rounds / 4; untouched != want {
		t.Errorf("%d connections that nobody touched have echoed, want %d", untouched, want)
	}
}

// exchangeMarks sends a mark a few times and wants it back.
func exchangeMarks(c *Conn, mark []byte) error {
	got := make([]byte, len(mark))
	for range 3 {
		if _, err := rt.Await(c.Write(mark)); err != nil {
			return err
		}
		if _, err := io.ReadFull(c, got); err != nil {
			return err
		}
		if !bytes.Equal(got, mark) {
			return fmt.Errorf("%v… came back of %v…", got[:2], mark[:2])
		}
	}
	return nil
}

// TestF13_HandshakeOfAClosedConn: a callback closes the connection, whose number is used again before the handshake goes on. It must not
// read what is the next owner's.
func TestF13_HandshakeOfAClosedConn(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		next, sender := rawPair(t)
		if _, err := sender.Write(noise(100)); err != nil {
			t.Fatal(err)
		}
		server, client := configs()
		var c *Conn
		number, owner := -1, -1
		server.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
			control(t, c.raw, func(fd int) { number = fd })
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			control(t, next, func(fd int) {
				var err error
				if owner, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, number); err != nil {
					t.Error(err)
				}
			})
			return nil, nil
		}
		c, _ = pair(t, server, client, true)
		if err := run(c.Handshake); !errors.Is(err, net.ErrClosed) && !errors.Is(err, context.Canceled) {
			t.Errorf("the handshake: %v", err)
		}
		defer unix.Close(owner)
		if owner != number {
			t.Fatalf("the number %d was not used again, but %d", number, owner)
		}
		for unread(t, next) < 100 { // it may still be on its way, but never if it was read
			runtime.Gosched()
		}
	})
}
