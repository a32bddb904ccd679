//go:build linux

package poll

import (
	"context"
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// An operation that was admitted when no loop had the descriptor finds, when it has to wait, that another one has it now. It is refused, and
// takes nothing from who waits there.
func TestAttach_AnotherLoopHasCome(t *testing.T) {
	c, peer := connPair(t)
	run(t, func() error {
		reader := rt.Spawn(func() (int, error) { return rt.Await(c.Read(make([]byte, 1))) })
		turn()
		_, err := rt.Blocking(func(context.Context) (struct{}, error) {
			return struct{}{}, rt.Run0(func() error { return c.attach(rt.RunningLoop()) })
		})
		if !errors.Is(err, ErrOtherLoop) {
			t.Errorf("attach to a second loop: %v, want %v", err, ErrOtherLoop)
			reader.Cancel(nil)
		}
		peer.Write([]byte("x"))
		if n, err := rt.Await(reader.Wait()); n != 1 || err != nil {
			t.Errorf("who waits on the first loop read %d bytes, %v; want 1", n, err)
		}
		return nil
	})
}
