//go:build linux

package tlspoll

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// TestHandshake_ReaderAndWriter: tasks, or goroutines, that read and write at once before the handshake share it.
func TestHandshake_ReaderAndWriter(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
			done := make(chan struct{})
			go func() {
				defer close(done)
				io.Copy(peer, peer)
			}()
			err := run(func() error {
				read := func() error {
					_, err := rt.Await(c.Read(make([]byte, 1)))
					return err
				}
				write := func() error {
					_, err := rt.Await(c.Write([]byte("x")))
					return err
				}
				return rt.Gather0(read, write, c.Handshake, c.Handshake)
			})
			if err != nil {
				t.Error(err)
			}
			c.Close()
			<-done
		})
	})
}

// TestHandshake_SilentClient: a client that says nothing costs the server no goroutine, and a deadline, a cancel or a close ends the wait.
func TestHandshake_SilentClient(t *testing.T) {
	server, client := configs()
	before := runtime.NumGoroutine()
	var conns []*Conn
	var peers []*net.TCPConn
	run(t, func() error {
		var tasks []*rt.Task[struct{}]
		for range 3 {
			raw, peer := rawPair(t)
			c := Server(raw, server)
			conns, peers = append(conns, c), append(peers, peer)
			tasks = append(tasks, rt.SpawnOn(rt.RunningLoop(), c.HandshakeAsync()))
		}
		waits(conns...)
		for runtime.NumGoroutine() > before+2 { // within's and the plain task's; others may be about to end
			runtime.Gosched()
		}
		conns[0].SetDeadline(time.Now().Add(time.Millisecond))
		_, err := rt.Await(tasks[0].Wait())
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after the deadline: %v", err)
		}
		tasks[1].Cancel(nil)
		if _, err = rt.Await(tasks[1].Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
			t.Errorf("cancelled: %v", err)
		}
		conns[2].Close()
		if _, err = rt.Await(tasks[2].Wait()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
		if err := rt.Await0(conns[2].Handshake()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("the handshake of a closed connection: %v", err)
		}
		// Neither the deadline nor the cancel has ended anything.
		conns[0].SetDeadline(time.Time{})
		for i, c := range conns[:2] {
			go tls.Client(peers[i], client).Handshake()
			if err := rt.Await0(c.Handshake()); err != nil {
				t.Errorf("the handshake after a wait that was ended: %v", err)
			}
			c.Close()
		}
		return nil
	})
}

// waits lets other tasks run until an operation on the loop waits for each of the connections.
func waits(conns ...*Conn) {
	for _, c := range conns {
		for !waiting(c) {
			rt.Blocking0(func(context.Context) error { return nil })
		}
	}
}

// waiting reports whether an operation on the loop waits to read from c.
func waiting(c *Conn) bool {
	_, err := rt.Await(c.raw.Read(nil))
	return errors.Is(err, poll.ErrBusy)
}

// TestHandshake_Close: closed from another goroutine in the middle of the handshake, in which the peer has fallen silent.
func TestHandshake_Close(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		for _, server := range []bool{false, true} {
			serverConfig, clientConfig := configs()
			raw, peer := rawPair(t)
			c := Client(raw, clientConfig)
			if server {
				c = Server(raw, serverConfig)
				peer.Write(helloOf(t, clientConfig))
			}
			go func() {
				io.ReadFull(peer, make([]byte, 100)) // our hello has come, the coroutine pauses or is about to
				c.Close()
			}()
			if err := run(c.Handshake); !errors.Is(err, net.ErrClosed) {
				t.Errorf("server %t: %v", server, err)
			}
		}
	})
}

// helloOf returns what a client sends first.
func helloOf(t *testing.T, config *tls.Config) []byte {
	toServer, toClient := newWire(), newWire()
	toClient.ended = true
	tls.Client(wireEnd{Reader: toClient, Writer: toServer}, config).Handshake()
	return toServer.take()
}

// TestHandshake_CloseWhileItComputes: a callback of the Config blocks until the connection is closed.
func TestHandshake_CloseWhileItComputes(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		server, client := configs()
		begun := make(chan struct{})
		server.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			close(begun)
			<-hello.Context().Done()
			return nil, hello.Context().Err()
		}
		c, _ := pair(t, server, client, true)
		go func() {
			<-begun
			c.Close()
		}()
		if err := run(c.Handshake); !errors.Is(err, net.ErrClosed) && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// TestHandshake_Abandoned: a cancel while the handshake computes returns at once; the next call waits for what runs, and goes on.
func TestHandshake_Abandoned(t *testing.T) {
	server, client := configs()
	begun, goOn := make(chan struct{}), make(chan struct{})
	server.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		close(begun)
		<-goOn
		return nil, nil
	}
	c, _ := pair(t, server, client, true)
	run(t, func() error {
		task := rt.Spawn0(func() error { return rt.Await0(c.Handshake()) })
		if _, err := rt.Await(rt.Recv(begun)); err != rt.ErrClosed {
			return err
		}
		task.Cancel(nil)
		if _, err := rt.Await(task.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
			t.Errorf("cancelled: %v", err)
		}
		next := rt.Spawn0(func() error { return rt.Await0(c.Handshake()) })
		rt.Await0(rt.YieldNow())
		close(goOn)
		_, err := rt.Await(next.Wait())
		return err
	})
}

// TestHandshake_HandedOver begins on a loop, which is closed in the midst of it, and ends on a goroutine.
func TestHandshake_HandedOver(t *testing.T) {
	server, client := configs()
	raw, tcp := rawPair(t)
	c := Client(raw, client)
	run(t, func() error {
		task := rt.SpawnOn(rt.RunningLoop(), c.HandshakeAsync())
		waits(c)
		task.Cancel(nil)
		_, err := rt.Await(task.Wait())
		if !errors.Is(err, rt.ErrTaskCanceled) {
			t.Error(err)
		}
		return nil
	})
	go tls.Server(tcp, server).Handshake()
	within(t, "the handshake", func() {
		if err := c.Handshake(); err != nil {
			t.Error(err)
		}
	})
}
