//go:build linux

package tlspoll

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// reset closes the peer's end so that ours sees a reset.
func reset(peer *tls.Conn) {
	tcp := peer.NetConn().(*net.TCPConn)
	tcp.SetLinger(0)
	tcp.Close()
}

// wantBroken wants err to say as package net does that the peer has reset the connection.
func wantBroken(t *testing.T, what string, err error) {
	t.Helper()
	if _, ok := errors.AsType[*net.OpError](err); !ok || !errors.Is(err, unix.ECONNRESET) && !errors.Is(err, unix.EPIPE) {
		t.Errorf("%s: %v of type %T, want a *net.OpError of ECONNRESET or EPIPE", what, err, err)
	}
}

// TestF08_Reset is a typed error of what waits and of what comes later, in the handshake and after it.
func TestF08_Reset(t *testing.T) {
	for what, do := range map[string]func(c *Conn) error{
		"Handshake": (*Conn).Handshake,
		"Read":      func(c *Conn) error { _, err := rt.Await(c.Read(make([]byte, 1))); return err },
		"WaitRead": func(c *Conn) error {
			if err := rt.Await0(c.WaitRead()); err != nil { // which is there when there is something to read, an error too
				return err
			}
			_, err := rt.Await(c.Read(make([]byte, 1)))
			return err
		},
		"Write": func(c *Conn) error { _, err := rt.Await(c.Write(tooMuch)); return err },
	} {
		t.Run(what, func(t *testing.T) {
			for _, waits := range []bool{true, false} {
				run(t, func() error {
					server, client := configs()
					raw, tcp := rawPair(t)
					c, peer := Server(raw, server), tls.Client(tcp, client)
					if what != "Handshake" {
						go peer.Handshake()
						if err := rt.Await0(c.Handshake()); err != nil {
							return err
						}
					}
					if !waits {
						reset(peer)
					}
					task := rt.Spawn0(func() error { return do(c) })
					rt.Await0(rt.YieldNow())
					if waits {
						reset(peer)
					}
					_, err := rt.Await(task.Wait())
					wantBroken(t, what, err)
					wantBroken(t, what+" afterwards", do(c)) // a session remembers
					return c.Close()
				})
			}
		})
	}
}

// TestF11_DataBeforeReset: records that came before a reset are read before that is reported.
func TestF11_DataBeforeReset(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
			err := run(func() error {
				if err := rt.Await0(c.Handshake()); err != nil {
					return err
				}
				go func() {
					peer.Handshake()
					peer.Write(noise(100))
					reset(peer)
				}()
				read, buf := 0, make([]byte, 70)
				for {
					n, err := rt.Await(c.Read(buf))
					if read += n; err == nil {
						continue
					}
					wantBroken(t, "Read", err)
					if read != 100 {
						t.Errorf("%d bytes were read before the reset, want 100", read)
					}
					return nil
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	})
}

// TestF12_ResetWakesBoth: a reset wakes the reader and the writer that wait.
func TestF12_ResetWakesBoth(t *testing.T) {
	ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
		run(t, func() error {
			if err := rt.Await0(c.Handshake()); err != nil {
				return err
			}
			reader := rt.Spawn(func() (int, error) { return rt.Await(c.Read(make([]byte, 1))) })
			writer := rt.Spawn(func() (int, error) { return rt.Await(c.Write(tooMuch)) })
			for !full(t, c) {
				rt.Await0(rt.YieldNow())
			}
			reset(peer)
			if _, err := rt.Await(reader.Wait()); err != io.EOF { // where the writer was first
				wantBroken(t, "Read", err)
			}
			_, err := rt.Await(writer.Wait())
			wantBroken(t, "Write", err)
			return nil
		})
	})
}

// full reports whether there is no room for what c writes.
func full(t *testing.T, c *Conn) bool {
	t.Helper()
	full := false
	control(t, c.raw, func(fd int) {
		ask := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		n, err := unix.Poll(ask, 0)
		full = n == 0 && err == nil
	})
	return full
}

// unread returns how many bytes wait in a socket.
func unread(t *testing.T, raw *poll.Conn) (bytes int) {
	t.Helper()
	control(t, raw, func(fd int) {
		var err error
		if bytes, err = unix.IoctlGetInt(fd, unix.TIOCINQ); err != nil {
			t.Error(err)
		}
	})
	return bytes
}

// control calls f with the descriptor of raw.
func control(t *testing.T, raw *poll.Conn, f func(fd int)) {
	t.Helper()
	lent, err := raw.SyscallConn()
	if err == nil {
		err = lent.Control(func(fd uintptr) { f(int(fd)) })
	}
	if err != nil {
		t.Error(err)
	}
}

// TestF17_UrgentData comes between records, cuts receives short, and belongs to none of them.
func TestF17_UrgentData(t *testing.T) {
	ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
		run(t, func() error {
			if err := rt.Await0(c.Handshake()); err != nil {
				return err
			}
			reader := rt.Spawn(func() (string, error) {
				got := make([]byte, len("begin end"))
				_, err := io.ReadFull(c, got)
				return string(got), err
			})
			rt.Await0(rt.YieldNow())
			go func() {
				peer.Write([]byte("begin "))
				raw, err := peer.NetConn().(*net.TCPConn).SyscallConn()
				if err == nil {
					raw.Control(func(fd uintptr) { err = unix.Sendto(int(fd), []byte("!"), unix.MSG_OOB, nil) })
				}
				if err != nil {
					t.Error(err)
				}
				peer.Write([]byte("end"))
			}()
			got, err := rt.Await(reader.Wait())
			if got != "begin end" {
				t.Errorf("read %q", got)
			}
			return err
		})
	})
}

// TestF40_ClosedByAStranger: a descriptor below that somebody else has closed is an error of each operation, and no crash.
func TestF40_ClosedByAStranger(t *testing.T) {
	ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
		run(t, func() error {
			if err := rt.Await0(c.Handshake()); err != nil {
				return err
			}
			reader := rt.Spawn0(func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err })
			rt.Await0(rt.YieldNow())
			control(t, c.raw, func(fd int) { unix.Close(fd) })
			if _, err := rt.Await(c.Write([]byte("x"))); !errors.Is(err, unix.EBADF) {
				t.Errorf("Write: %v", err)
			}
			if err := c.Close(); !errors.Is(err, unix.EBADF) {
				t.Errorf("Close: %v", err)
			}
			if _, err := rt.Await(reader.Wait()); !errors.Is(err, net.ErrClosed) {
				t.Errorf("the Read that waited: %v", err)
			}
			return nil
		})
	})
}
