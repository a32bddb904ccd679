//go:build linux

package poll

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// Of a connection's deadline and a scope's the earlier one ends a wait, each with its own error. A scope's is gone with the scope.
func TestDeadlineOfConnAndOfScope(t *testing.T) {
	const soon, late = time.Millisecond, time.Hour
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			filled(c)
			ln := listenOver(t, network)
			for _, wait := range []struct {
				name     string
				deadline func(time.Time) error
				do       func() error
			}{
				{"Read", c.SetReadDeadline, func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err }},
				{"Write", c.SetWriteDeadline, func() error { _, err := rt.Await(c.Write(tooMuch)); return err }},
				{"Writev", c.SetWriteDeadline, func() error { _, err := rt.Await(c.Writev([][]byte{tooMuch})); return err }},
				{"Accept", ln.SetDeadline, func() error { _, err := rt.Await(ln.AcceptConn()); return err }},
				{"Select", c.SetReadDeadline, func() error {
					op := c.ReadOp(make([]byte, 1))
					if _, err := rt.Await(rt.Select(op)); err != nil {
						return err
					}
					_, err := op.Result()
					return err
				}},
			} {
				wait.deadline(time.Now().Add(soon))
				err := rt.Timeout0(late, wait.do)
				wantErr(t, wait.name+", whose own deadline is earlier", err, os.ErrDeadlineExceeded)
				if errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s: %v is the error of a scope", wait.name, err)
				}

				wait.deadline(time.Now().Add(late))
				var inside error
				err = rt.Timeout0(soon, func() error { inside = wait.do(); return inside })
				if _, ok := errors.AsType[*rt.TimeoutError](err); !ok || errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("%s, whose scope's deadline is earlier: %v, want a *rt.TimeoutError", wait.name, err)
				}
				if _, ok := errors.AsType[*rt.Canceled](inside); !ok {
					t.Errorf("%s, inside: %v, want a *rt.Canceled", wait.name, inside)
				}
			}
			peer.Write([]byte("x"))
			_, err := rt.Await(c.Read(make([]byte, 1)))
			return err
		})
	})
}

// F20: a deadline that is set again and again, later and earlier, keeps one timer.
func TestF20_DeadlinesSetAgain(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		run(t, func() error {
			reader := rt.Spawn0(func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err })
			turn()
			for n := range 10_000 {
				c.SetReadDeadline(time.Now().Add(time.Hour + time.Duration(n%2)*time.Hour))
				if n%100 == 0 {
					turn()
				}
			}
			turn()
			stats, err := rt.RunningLoop().Stats(t.Context())
			if err != nil {
				return err
			}
			if stats.Timers != 1 {
				t.Errorf("%d timers for one deadline", stats.Timers)
			}
			peer.Write([]byte("x"))
			_, err = rt.Await(reader.Wait())
			return err
		})
	})
}
