//go:build linux

package tlspoll

import (
	"crypto/tls"
	"errors"
	"io"
	"testing"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// TestWaitRead: an echo that waits before it reads, into buffers of several sizes, gets everything and the end.
func TestWaitRead(t *testing.T) {
	data := noise(1 << 18)
	inForms(t, func(t *testing.T, run func(func() error) error) {
		for _, size := range []int{1, 2, 1000, 64 << 10} {
			ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
				data := data[:min(len(data), size*1000)]
				go func() {
					peer.Write(data)
					peer.CloseWrite()
				}()
				echoed := make(chan struct{})
				go func() {
					defer close(echoed)
					wantStream(t, peer, data)
				}()
				err := run(func() error {
					buf := make([]byte, size)
					for {
						if err := rt.Await0(c.WaitRead()); err != nil {
							return err
						}
						if err := rt.Await0(c.WaitRead()); err != nil { // which is still so
							return err
						}
						n, err := c.tryRead(nil, buf)
						if err == io.EOF {
							return c.CloseWrite()
						}
						if err != nil || n == 0 {
							t.Errorf("a Read after WaitRead would not return at once: %d, %v", n, err)
							return err
						}
						if _, err := rt.Await(c.Write(buf[:n])); err != nil {
							return err
						}
					}
				})
				if err != nil {
					t.Error(err)
				}
				<-echoed
			})
		}
	})
}

// TestWaitRead_Ahead: what was read ahead does not hide what has come since, and a cancel loses nothing.
func TestWaitRead_Ahead(t *testing.T) {
	c, peer := serverPair(t)
	run(t, func() error {
		if err := rt.Await0(c.Handshake()); err != nil {
			return err
		}
		waiting := rt.Spawn0(func() error { return rt.Await0(c.WaitRead()) })
		rt.Await0(rt.YieldNow())
		if _, err := rt.Await(c.Read(make([]byte, 1))); !errors.Is(err, poll.ErrBusy) {
			t.Errorf("Read beside a WaitRead: %v", err)
		}
		waiting.Cancel(nil)
		rt.Await(waiting.Wait())
		buf := make([]byte, 100)
		for _, line := range []string{"a", "bc", "d"} {
			go peer.Write([]byte(line))
			if err := rt.Await0(c.WaitRead()); err != nil {
				return err
			}
			if n, err := rt.Await(c.Read(buf)); string(buf[:n]) != line || err != nil {
				t.Errorf("read %q, %v; want %q", buf[:n], err, line)
			}
		}
		peer.Close()
		if err := rt.Await0(c.WaitRead()); err != nil {
			t.Errorf("WaitRead at the end: %v", err)
		}
		for range 2 {
			if n, err := rt.Await(c.Read(buf)); n != 0 || err != io.EOF {
				t.Errorf("Read at the end: %d, %v", n, err)
			}
		}
		return nil
	})
}
