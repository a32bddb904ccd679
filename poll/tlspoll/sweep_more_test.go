//go:build linux

package tlspoll

import (
	"bytes"
	"crypto/tls"
	"errors"
	"hash"
	"io"
	"net"
	"testing"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// TestF32_SweepOfWaits has another task read on after one that waited by WaitRead, and was disturbed: nothing is lost of what was read ahead.
func TestF32_SweepOfWaits(t *testing.T) {
	const pieces = 4
	data := noise(pieces * 20_000)
	sweepTransfer(t, data, func(c *Conn, peer *tls.Conn, got hash.Hash) (first, second func() error, beside func()) {
		read := func() error {
			buf := make([]byte, 10_000)
			for {
				if err := rt.Await0(c.WaitRead()); err != nil {
					return err
				}
				n, err := c.tryRead(nil, buf)
				got.Write(buf[:n])
				if err == io.EOF {
					return nil
				}
				if err != nil || n == 0 {
					t.Errorf("a Read after WaitRead: %d, %v", n, err)
					return err
				}
			}
		}
		return read, read, func() {
			for i := range pieces {
				peer.Write(data[i*len(data)/pieces : (i+1)*len(data)/pieces])
			}
			peer.Close()
		}
	})
}

// TestF32_SweepOfReader has another Reader's calls go on after one that was disturbed: the Reader has what the call had read.
func TestF32_SweepOfReader(t *testing.T) {
	line := append(bytes.Repeat([]byte("long "), 5000), '\n') // longer than a record
	data := bytes.Repeat(line, 4)
	sweepTransfer(t, data, func(c *Conn, peer *tls.Conn, got hash.Hash) (first, second func() error, beside func()) {
		r := poll.NewReader(c)
		read := func() error {
			for {
				line, err := rt.Await(r.ReadLine())
				if err == io.EOF {
					return nil
				}
				if err != nil {
					return err
				}
				got.Write(append(line, '\n'))
			}
		}
		return read, read, func() {
			for i := 0; i < len(data); i += 7000 {
				peer.Write(data[i:min(i+7000, len(data))])
			}
			peer.Close()
		}
	})
}

// TestF32_SweepOfWriter has another task go on with what a Writer had not accepted from one that was cancelled, and flush the rest. (Any other
// error that is thrown at who awaits a Writer is kept by that, which cannot know whose it is.)
func TestF32_SweepOfWriter(t *testing.T) {
	data := noise(6 << 20) // which has to wait for the reader several times
	scenarios := transfers(t, data, func(c *Conn, peer *tls.Conn, got hash.Hash) (first, second func() error, beside func()) {
		left := data
		w := poll.NewWriter(c)
		write := func() error {
			for len(left) > 0 {
				n, err := rt.Await(w.Write(left[:min(1+len(left)/3, len(left))]))
				if left = left[n:]; err != nil {
					return err
				}
			}
			return rt.Await0(w.Flush())
		}
		last := func() error {
			if err := write(); err != nil {
				return err
			}
			return rt.Await0(c.CloseWrite())
		}
		return write, last, func() {
			if _, err := io.Copy(got, peer); err != nil {
				t.Error(err)
			}
		}
	})
	for _, how := range []string{"cancelled", "cancelled in the next turn"} {
		sweepBy(t, how, disturbances[how], scenarios)
	}
}

// TestF32_SweepOfCloseWrite has another task end the stream again after one that was disturbed, behind more than the socket takes at once: all
// that was written arrives, and the end, once. The peer reads only when something waits.
func TestF32_SweepOfCloseWrite(t *testing.T) {
	sweep(t, func() scenario {
		server, client := configs()
		server.SessionTicketsDisabled = true
		c, peer := pair(t, server, client, true)
		c.raw.SetWriteBuffer(1)
		peer.NetConn().(*net.TCPConn).SetReadBuffer(64 << 10)
		written, total := 0, make(chan int, 1)
		reads, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			if err := peer.Handshake(); err != nil {
				t.Error(err)
			}
			<-reads
			n, err := io.Copy(io.Discard, peer)
			if want := <-total; int(n) != want || err != nil {
				t.Errorf("%d bytes have come, %v; want %d", n, err, want)
			}
			if rest, err := io.ReadAll(peer.NetConn()); len(rest) > 0 || err != nil {
				t.Errorf("%d bytes have come after the end, %v", len(rest), err)
			}
		}()
		reading := false
		read := func() {
			if !reading {
				reading = true
				close(reads)
			}
		}
		end := func() error {
			ending := rt.Spawn0(func() error { return rt.Await0(c.CloseWrite()) })
			defer ending.Cancel(nil)
			rt.Await0(rt.YieldNow())
			read()
			_, err := rt.Await(ending.Wait())
			return err
		}
		return scenario{
			first: func() error {
				if err := rt.Await0(c.Handshake()); err != nil {
					return err
				}
				for {
					n, _, err := c.tryWrite(tooMuch)
					if written += n; err != nil {
						return err
					}
					if n == 0 {
						break
					}
				}
				return end()
			},
			second: func() error {
				read()
				if err := rt.Await0(c.Handshake()); err != nil {
					return err
				}
				if err := rt.Await0(c.CloseWrite()); err != nil {
					return err
				}
				total <- written
				return c.Close()
			},
			end: func() { <-done },
		}
	})
}

// TestF32_SweepOfAccepts has another task accept on after one that was disturbed: each connection is accepted once, and shakes hands.
func TestF32_SweepOfAccepts(t *testing.T) {
	const connections = 3
	server, client := configs()
	sweep(t, func() scenario {
		ln := NewListener(listenLocal(t), server)
		answers := make(chan error, connections)
		var accepted []*Conn
		connect := func() {
			raw, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				t.Error(err)
			}
			go func() {
				defer raw.Close()
				answers <- tls.Client(raw, client).Handshake()
			}()
		}
		accept := func() error {
			for len(accepted) < connections {
				c, err := rt.Await(ln.AcceptConn())
				if err != nil {
					return err
				}
				accepted = append(accepted, c)
			}
			return nil
		}
		dialed := 0
		return scenario{
			first: func() error {
				accepting := rt.Spawn0(accept)
				defer accepting.Cancel(nil)
				for ; dialed < connections; dialed++ {
					if err := rt.Await0(rt.YieldNow()); err != nil { // in which the other one comes to wait
						return err
					}
					connect()
				}
				_, err := rt.Await(accepting.Wait())
				return err
			},
			second: func() error {
				for ; dialed < connections; dialed++ {
					connect()
				}
				if err := accept(); err != nil {
					return err
				}
				for _, c := range accepted {
					if err := rt.Await0(c.Handshake()); err != nil {
						return err
					}
				}
				return nil
			},
			end: func() {
				var errs []error
				for range connections {
					errs = append(errs, <-answers)
				}
				for _, c := range accepted {
					errs = append(errs, c.Close())
				}
				if err := errors.Join(append(errs, ln.Close())...); err != nil {
					t.Error(err)
				}
			},
		}
	})
}
