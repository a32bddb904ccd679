//go:build linux

package poll

import (
	"errors"
	"io"
	"net"
	"testing"

	"github.com/goasync/goasync/rt"
)

// connWaits are Conn.WaitRead in each form.
var connWaits = map[string]func(c *Conn) error{
	"blocking": (*Conn).WaitRead,
	"plain":    func(c *Conn) error { return rt.Run0(c.WaitRead) },
	"async":    func(c *Conn) error { return rt.RunAsync0(c.WaitReadAsync()) },
	"Select": func(c *Conn) error {
		return rt.Run0(func() error {
			op := c.WaitReadOp()
			if _, err := rt.Await(rt.Select(op, rt.NewEvent().WaitOp())); err != nil {
				return err
			}
			_, err := op.Result()
			return err
		})
	},
}

// TestConnWaitRead: it takes nothing, and returns as long as something is there, or the stream has ended.
func TestConnWaitRead(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for form, wait := range connWaits {
			c, peer := pairOver(t, network)
			within(t, form, func() {
				go peer.Write([]byte("ab"))
				buf := make([]byte, 1)
				for _, want := range []string{"a", "b"} {
					for range 2 {
						if err := wait(c); err != nil {
							t.Errorf("%s: %v", form, err)
						}
					}
					n, err := c.TryRead(buf)
					wantData(t, form+", what is there", buf[:n], err, want, nil)
				}
				go peer.CloseWrite()
				for range 2 {
					if err := wait(c); err != nil {
						t.Errorf("%s, the end of the stream: %v", form, err)
					}
				}
				if n, err := c.TryRead(buf); n != 0 || err != io.EOF {
					t.Errorf("%s, then TryRead: %d, %v, want io.EOF", form, n, err)
				}
				c.Close()
				err := wait(c)
				wantErr(t, form+" of a closed Conn", err, net.ErrClosed)
				if _, ok := err.(*net.OpError); !ok {
					t.Errorf("%s: an error of type %T, want *net.OpError", form, err)
				}
			})
		}
	})
}

// TestConnWaitRead_Waits as long as there is nothing, and keeps other reads away meanwhile. What a cancelled one has waited for is there.
func TestConnWaitRead_Waits(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			buf := make([]byte, 10)
			for _, cancel := range []bool{true, false} {
				task := rt.Spawn0(func() error { return rt.Await0(c.WaitRead()) })
				turn()
				if task.Done() {
					t.Error("it has not waited")
				}
				if _, err := rt.Await(c.Read(buf)); !errors.Is(err, ErrBusy) {
					t.Errorf("a Read beside it: %v, want ErrBusy", err)
				}
				if cancel {
					task.Cancel(nil)
				}
				peer.Write([]byte("some"))
				if _, err := rt.Await(task.Wait()); (err != nil) != cancel {
					t.Errorf("it ended with %v, cancelled: %t", err, cancel)
				}
				n, err := rt.Await(c.Read(buf))
				wantData(t, "what came", buf[:n], err, "some", nil)
			}
			return nil
		})
	})
}
