//go:build linux

package poll

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// What package net has connected or listens on becomes ours, and each of the two is closed for itself.
func TestFromConn(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		ours, theirs := pairOver(t, network)
		c, err := FromConn(theirs)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if c.LocalAddr().String() != theirs.LocalAddr().String() || c.RemoteAddr().String() != theirs.RemoteAddr().String() ||
			c.LocalAddr().Network() != network {
			t.Errorf("adopted %v -> %v, want %v -> %v", c.LocalAddr(), c.RemoteAddr(), theirs.LocalAddr(), theirs.RemoteAddr())
		}
		if err := theirs.Close(); err != nil {
			t.Fatal(err)
		}
		run(t, func() error {
			reader := rt.Spawn(func() (int, error) { return rt.Await(ours.Read(make([]byte, 1))) })
			turn()
			turn()
			if reader.Done() {
				t.Error("the connection ended with the first of its two descriptors")
			}
			if _, err := rt.Await(c.Write([]byte("x"))); err != nil {
				return err
			}
			if _, err := rt.Await(reader.Wait()); err != nil {
				return err
			}
			c.Close()
			if _, err := rt.Await(ours.Read(make([]byte, 1))); err != io.EOF {
				t.Errorf("after both were closed: %v, want io.EOF", err)
			}
			return nil
		})
	})
}

// adoptedListener returns a listener of package net, and ours of its socket.
func adoptedListener(t *testing.T, network string) (theirs net.Listener, ln *Listener) {
	address := "127.0.0.1:0"
	if network == "unix" {
		address = socketPath(t)
	}
	theirs, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { theirs.Close() })
	if ln, err = FromListener(theirs); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return theirs, ln
}

func TestFromListener(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		theirs, ln := adoptedListener(t, network)
		if ln.Addr().String() != theirs.Addr().String() {
			t.Errorf("adopted %v, want %v", ln.Addr(), theirs.Addr())
		}
		peer := dialNet(t, theirs)
		run(t, func() error {
			c, err := rt.Await(ln.AcceptConn())
			if err != nil {
				return err
			}
			defer c.Close()
			if got, want := c.RemoteAddr().String(), peer.LocalAddr().String(); got != want {
				t.Errorf("accepted from %v, want %v", got, want)
			}
			return nil
		})
		ln.Close()
		if network == "unix" && !exists(theirs.Addr().String()) {
			t.Error("Close has removed the file of the other listener")
		}
	})
}

// What is not a stream socket of the sort that is asked for is refused, and nothing is left open.
func TestAdopt_Refuses(t *testing.T) {
	c, peer := connPair(t)
	ln := listenLocal(t)
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer packets.Close()
	left, right := net.Pipe()
	defer left.Close()
	defer right.Close()
	closed, closedPeer := connPair(t)
	closed.Close()
	closedPeer.Close()
	before := len(openDescriptors())
	for _, test := range []struct {
		name string
		of   net.Conn
		want string
	}{
		{"tls", tls.Client(peer, &tls.Config{}), "SyscallConn"},
		{"memory", left, "SyscallConn"},
		{"datagrams", packets.(*net.UDPConn), "stream"},
		{"closed", closed, "closed"},
		{"closed, of package net", closedPeer, "closed"},
	} {
		got, err := FromConn(test.of)
		if _, ok := err.(*net.OpError); got != nil || !ok || !strings.Contains(err.Error(), test.want) {
			t.Errorf("FromConn, %s: %v, %v; want a *net.OpError that says %s", test.name, got, err, test.want)
		}
	}
	if _, err := FromListener(tls.NewListener(ln, &tls.Config{})); err == nil || !strings.Contains(err.Error(), "SyscallConn") {
		t.Errorf("FromListener of one that wraps another: %v", err)
	}
	if k, err := kindOf(c.sysfd, true); err == nil {
		t.Errorf("a connection is a listener of kind %v", k)
	}
	if k, err := kindOf(ln.sysfd, false); err == nil {
		t.Errorf("a listener is a connection of kind %v", k)
	}
	if after := openDescriptors(); len(after) != before {
		t.Errorf("%d descriptors are open, %d were: %v", len(after), before, after)
	}
}

// Others can use ours: through a file, and through the descriptor.
func TestFile_OfConnAndListener(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		ln := listenOver(t, network)
		f, err := ln.File()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		theirs, err := net.FileListener(f)
		if err != nil {
			t.Fatal(err)
		}
		defer theirs.Close()
		peer := dialNet(t, ln)
		accepted, err := theirs.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer accepted.Close()

		c, err := FromConn(accepted)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		cf, err := c.File()
		if err != nil {
			t.Fatal(err)
		}
		defer cf.Close()
		if _, err := cf.Write([]byte("through a file")); err != nil {
			t.Error(err)
		}
		got := make([]byte, len("through a file"))
		if _, err := io.ReadFull(peer, got); err != nil || string(got) != "through a file" {
			t.Errorf("read %q, %v", got, err)
		}
		c.Close()
		_, err = c.File()
		wantErr(t, "File after Close", err, net.ErrClosed)
		_, err = c.SyscallConn()
		wantErr(t, "SyscallConn after Close", err, net.ErrClosed)
	})
}

// A raw connection waits in both forms, and makes what waits for it end.
func TestSyscallConn(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for name, form := range map[string]func(f func() error) error{"plain": func(f func() error) error { return rt.Run0(f) }, "blocking": func(f func() error) error { return f() }} {
			a, b := bothPair(t, network)
			rawA, err := a.SyscallConn()
			if err != nil {
				t.Fatal(err)
			}
			rawB, err := b.SyscallConn()
			if err != nil {
				t.Fatal(err)
			}
			message := noise(1 << 20)
			within(t, name, func() {
				written := make(chan error)
				go func() {
					written <- form(func() error {
						rest := message
						err := rawA.Write(func(fd uintptr) bool {
							for len(rest) > 0 {
								n, err := unix.Write(int(fd), rest)
								if err != nil {
									return err != unix.EAGAIN
								}
								rest = rest[n:]
							}
							return true
						})
						a.Close()
						return err
					})
				}()
				var got []byte
				err := form(func() error {
					buf := make([]byte, 32<<10)
					return rawB.Read(func(fd uintptr) bool {
						for {
							n, err := unix.Read(int(fd), buf)
							if n <= 0 || err != nil {
								return err != unix.EAGAIN
							}
							got = append(got, buf[:n]...)
						}
					})
				})
				if err != nil || !bytes.Equal(got, message) {
					t.Errorf("%s: %d bytes arrived, %v; want the %d that were sent", name, len(got), err, len(message))
				}
				if err := <-written; err != nil {
					t.Errorf("%s: write: %v", name, err)
				}
			})
		}
		run(t, func() error { // a call that panics leaves the direction free
			a, b := bothPair(t, network)
			raw, err := a.SyscallConn()
			if err != nil {
				return err
			}
			waiter := rt.Spawn0(func() error {
				defer func() { recover() }()
				calls := 0
				return raw.Read(func(uintptr) bool {
					if calls++; calls == 2 {
						panic("theirs")
					}
					return false
				})
			})
			turn()
			if _, err := rt.Await(b.Write([]byte("x"))); err != nil {
				return err
			}
			if _, err := rt.Await(waiter.Wait()); err != nil {
				return err
			}
			_, err = rt.Await(a.Read(make([]byte, 1)))
			return err
		})
		run(t, func() error {
			a, _ := bothPair(t, network)
			raw, err := a.SyscallConn()
			if err != nil {
				return err
			}
			waiter := rt.Spawn0(func() error { return raw.Read(func(uintptr) bool { return false }) })
			turn()
			_, err = rt.Await(a.Read(make([]byte, 1)))
			wantErr(t, "Read beside a raw one", err, ErrBusy)
			a.Close()
			_, err = rt.Await(waiter.Wait())
			wantErr(t, "raw Read", err, net.ErrClosed)
			return nil
		})
	})
}
