//go:build linux

package poll

import (
	"errors"
	"net"
	"testing"

	"github.com/goasync/goasync/rt"
)

// Statement 182: an operation that can be done at once lets nobody else run, but a task that has been cancelled does not begin it.
// CPython, sock_recv, sock_sendall and sock_accept: "hello sent, accepted other". A task that has cancelled itself: "kept next:canceled";
// [!].
func TestC182_TriesFirst(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			ln := listenOver(t, network)
			dialNet(t, ln)
			peer.Write([]byte("hello"))
			others := 0
			rt.RunningLoop().CallSoon(func() { others++ })
			if n, err := rt.Await(c.Read(make([]byte, 10))); n != 5 || err != nil {
				t.Errorf("read %d, %v; want 5", n, err)
			}
			if n, err := rt.Await(c.Write([]byte("hello"))); n != 5 || err != nil {
				t.Errorf("wrote %d, %v; want 5", n, err)
			}
			accepted, err := rt.Await(ln.AcceptConn())
			if err != nil {
				return err
			}
			accepted.Close()
			if others != 0 {
				t.Error("others ran while nothing had to be waited for")
			}

			peer.Write([]byte("kept"))
			reader := rt.Spawn(func() (int, error) { return rt.Await(c.Read(make([]byte, 10))) })
			reader.Cancel(nil)
			if _, err := rt.Await(reader.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
				t.Errorf("Read of a task that was cancelled before: %v, want the cancel", err)
			}
			n, err := rt.Await(c.Read(make([]byte, 10)))
			if n != len("kept") {
				t.Errorf("read %d bytes after that, want %d", n, len("kept"))
			}
			return err
		})
	})
}

// Statement 202: every use of a connection after its loss is an error, and that of one that was closed here is net.ErrClosed.
// CPython: write and writelines return None, after some with a warning "socket.send() raised exception."; only drain and read raise
// BrokenPipeError; [!].
func TestC202_UseAfterTheLoss(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			peer.Close()
			for { // TCP takes what is written first, and learns from the answer that nobody is there
				if _, err := rt.Await(c.Write([]byte("x"))); isBroken(err) {
					break
				} else if err != nil {
					t.Errorf("Write after the peer has gone: %v, want EPIPE or ECONNRESET", err)
					break
				}
				turn()
			}
			c.Close()
			for range 6 {
				_, err := rt.Await(c.Write([]byte("x")))
				wantErr(t, "Write after Close", err, net.ErrClosed)
				_, err = rt.Await(c.Writev([][]byte{{1}}))
				wantErr(t, "Writev after Close", err, net.ErrClosed)
				_, err = rt.Await(c.Read(make([]byte, 1)))
				wantErr(t, "Read after Close", err, net.ErrClosed)
			}
			wantErr(t, "CloseWrite after Close", c.CloseWrite(), net.ErrClosed)
			return nil
		})
	})
}
