//go:build linux

package tlspoll

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// TestListener_Deadline ends an accept, and none of the connections.
func TestListener_Deadline(t *testing.T) {
	server, client := configs()
	ln := NewListener(listenLocal(t), server)
	inForms(t, func(t *testing.T, run func(func() error) error) {
		if err := ln.SetDeadline(time.Unix(1, 0)); err != nil {
			t.Error(err)
		}
		if err := run(func() error { _, err := ln.AcceptConn(); return err }); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("AcceptConn after the deadline: %v", err)
		}
		ln.SetDeadline(time.Time{})
		dialed := make(chan error, 1)
		go func() {
			c, err := Dial("tcp", ln.Addr().String(), client)
			if err == nil {
				err = echo(c) // until it is closed
			}
			dialed <- err
		}()
		err := run(func() error {
			c, err := ln.AcceptConn()
			if err != nil {
				return err
			}
			defer c.Close()
			ln.SetDeadline(time.Unix(1, 0))
			return c.Handshake()
		})
		if err := errors.Join(err, <-dialed); err != nil {
			t.Error(err)
		}
	})
	ln.Close()
	if err := ln.SetDeadline(time.Time{}); err == nil {
		t.Error("a Listener that is closed takes a deadline")
	}
}

// TestListener_Select: an accept that a Select does not choose has taken nothing; the one that it chooses is of TLS.
func TestListener_Select(t *testing.T) {
	server, client := configs()
	run(t, func() error {
		ln := NewListener(listenLocal(t), server)
		accept, stop := ln.AcceptOp(), rt.NewEvent()
		dialing := rt.Spawn(func() (*Conn, error) { return rt.Await(Dial("tcp", ln.Addr().String(), client)) })
		for !accept.Ready() {
			rt.YieldNow()
		}
		stop.Set()
		if i, err := rt.Await(rt.SelectInOrder(stop.WaitOp(), accept)); i != 0 || err != nil {
			t.Errorf("Select chose %d, %v", i, err)
		}
		if i, err := rt.Await(rt.Select(rt.NewEvent().WaitOp(), accept)); i != 1 || err != nil {
			t.Errorf("Select chose %d, %v", i, err)
		}
		c, err := accept.Result()
		if err != nil {
			return err
		}
		defer c.Close()
		if err := rt.Await0(c.Handshake()); err != nil {
			return err
		}
		peer, err := rt.Await(dialing.Wait())
		if err != nil {
			return err
		}
		defer peer.Close()

		again := ln.AcceptOp() // which waits
		selecting := rt.Spawn(func() (int, error) { return rt.Await(rt.Select(again)) })
		rt.YieldNow()
		if _, err := rt.Await(ln.AcceptConn()); !errors.Is(err, poll.ErrBusy) {
			t.Errorf("AcceptConn beside a Select: %v, want ErrBusy", err)
		}
		ln.Close()
		if _, err := rt.Await(selecting.Wait()); err != nil {
			t.Errorf("Select: %v", err)
		}
		if c, err := again.Result(); c != nil || err == nil {
			t.Errorf("an accept of a Listener that was closed: %v, %v", c, err)
		}
		return nil
	})
}
