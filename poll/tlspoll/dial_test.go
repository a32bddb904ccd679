//go:build linux

package tlspoll

import (
	"errors"
	"net"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"golang.org/x/sys/unix"
)

// TestDialer: it connects as its NetDialer says, and shakes hands by its Config.
func TestDialer(t *testing.T) {
	server, client := configs()
	ln := NewListener(listenLocal(t), server)
	inForms(t, func(t *testing.T, run func(func() error) error) {
		served := make(chan error, 1)
		var from net.Addr
		go func() {
			c, err := ln.Accept()
			if err == nil {
				from = c.RemoteAddr()
				err = echo(c)
			}
			served <- err
		}()
		d := &Dialer{
			NetDialer: &poll.Dialer{
				Timeout:         time.Hour,
				LocalAddr:       &net.TCPAddr{IP: net.IPv4(127, 0, 0, 5)},
				KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 7 * time.Second},
			},
			Config: client,
		}
		err := run(func() error {
			c, err := d.Dial("tcp", ln.Addr().String())
			if err != nil {
				return err
			}
			defer c.Close()
			raw, err := c.NetConn().(*poll.Conn).SyscallConn()
			if err != nil {
				return err
			}
			raw.Control(func(fd uintptr) {
				if idle, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_KEEPIDLE); idle != 7 || err != nil {
					t.Errorf("the peer is probed after %d s, %v, want 7", idle, err)
				}
			})
			if _, err := c.Write([]byte("x")); err != nil {
				return err
			}
			if _, err := c.Read(make([]byte, 1)); err != nil {
				return err
			}
			return c.CloseWrite()
		})
		if err := errors.Join(err, <-served); err != nil {
			t.Fatal(err)
		}
		if ip := from.(*net.TCPAddr).IP; !ip.Equal(net.IPv4(127, 0, 0, 5)) {
			t.Errorf("it has connected from %v", ip)
		}
	})
}

// TestDialer_Limits: the limits of its NetDialer are for the handshake, too, and for nothing after it.
func TestDialer_Limits(t *testing.T) {
	server, client := configs()
	for name, limited := range map[string]func(now time.Time) *poll.Dialer{
		"Timeout": func(time.Time) *poll.Dialer {
			return &poll.Dialer{Timeout: time.Minute, Deadline: rt.Now().Add(time.Hour)}
		},
		"Deadline": func(now time.Time) *poll.Dialer {
			return &poll.Dialer{Timeout: time.Hour, Deadline: now.Add(time.Minute)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			clock := new(rttest.Clock)
			before := len(openDescriptors())
			runBy(t, clock, func() error {
				ln, err := Listen("tcp", "127.0.0.1:0", server)
				if err != nil {
					return err
				}
				defer ln.Close()
				d := &Dialer{limited(rt.Now()), client}
				dial := func() (*Conn, error) { return rt.Await(d.Dial("tcp", ln.Addr().String())) }

				dialing := rt.Spawn(dial)
				silent, err := rt.Await(ln.AcceptConn())
				if err != nil {
					return err
				}
				defer silent.Close()
				for unread(t, silent.raw) == 0 { // the hello, after which the client waits
					rt.YieldNow()
				}
				clock.Advance(time.Minute)
				c, err := rt.Await(dialing.Wait())
				if e, ok := errors.AsType[net.Error](err); c != nil || !ok || !e.Timeout() {
					t.Errorf("from a peer that says nothing: %v, %v, want a timeout", c, err)
				}

				d.NetDialer = limited(rt.Now())
				dialing = rt.Spawn(dial)
				speaks, err := rt.Await(ln.AcceptConn())
				if err != nil {
					return err
				}
				defer speaks.Close()
				if err := rt.Await0(speaks.Handshake()); err != nil {
					return err
				}
				if c, err = rt.Await(dialing.Wait()); err != nil {
					return err
				}
				defer c.Close()
				clock.Advance(24 * time.Hour)
				rt.Await0(rt.Sleep(0)) // behind whatever is due by now
				rt.YieldNow()
				if _, err := rt.Await(speaks.Write([]byte("x"))); err != nil {
					return err
				}
				_, err = rt.Await(c.Read(make([]byte, 1)))
				return err
			})
			if now := len(openDescriptors()); now > before {
				t.Errorf("%d descriptors are open, %d before", now, before)
			}
		})
	}
}

// TestDialer_LimitOutsideATask: that of the handshake holds there, too.
func TestDialer_LimitOutsideATask(t *testing.T) {
	_, client := configs()
	ln := listenLocal(t) // which does not answer the hello
	within(t, "Dial", func() {
		d := &Dialer{&poll.Dialer{Timeout: 10 * time.Millisecond}, client}
		c, err := d.Dial("tcp", ln.Addr().String())
		if e, ok := errors.AsType[net.Error](err); c != nil || !ok || !e.Timeout() {
			t.Errorf("from a peer that says nothing: %v, %v, want a timeout", c, err)
		}
	})
}
