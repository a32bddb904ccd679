//go:build linux

package poll

import (
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestCopy_CancelledWhenWoken: a cancel that comes when a Copy has been woken in one direction, and has not run, ends it before it waits in
// the other one.
func TestCopy_CancelledWhenWoken(t *testing.T) {
	for _, waitsFor := range []direction{reading, writing} {
		t.Run(waitsFor.String(), func(t *testing.T) {
			run(t, func() error {
				from, src := bothPair(t, "unix")
				dst, to := bothPair(t, "unix")
				filled(dst)
				if waitsFor == writing {
					from.TryWrite([]byte("x"))
				}
				copier := rt.Spawn(func() (int64, error) { return rt.Await(Copy(dst, NewReader(src))) })
				turns()
				if !dst.waits(waitsFor) && !src.waits(waitsFor) {
					t.Errorf("the Copy does not wait for %v: the test tests nothing", waitsFor)
				}
				if waitsFor == reading {
					from.TryWrite([]byte("x"))
				} else {
					for err := error(nil); err == nil; _, err = to.TryRead(make([]byte, 64<<10)) {
					}
				}
				turn() // in which it is woken, behind this task
				copier.Cancel(nil)
				turns()
				if !copier.Done() {
					t.Error("the Copy goes on waiting")
					to.Close()
					from.Close()
				}
				if _, err := rt.Await(copier.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
					t.Errorf("the Copy: %v, want the cancel", err)
				}
				return nil
			})
		})
	}
}

// TestF32_SweepOfCopiesToAFullPeer is TestF32_SweepOfCopies with a destination that has no room at first.
func TestF32_SweepOfCopiesToAFullPeer(t *testing.T) {
	for name, copied := range copyForms {
		t.Run(name, func(t *testing.T) {
			kept := sweepOfCopies(t, "unix", copied, func(dst *Conn) int {
				dst.SetWriteBuffer(1)
				return filled(dst)
			})
			if kept == 0 {
				t.Error("no run has met a Copy with something in its pipe")
			}
		})
	}
}
