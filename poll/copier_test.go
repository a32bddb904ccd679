//go:build linux

package poll

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// TestCopier_Progress: whatever goes from where to where, all of it is told, in pieces of a byte at least and 256 KiB at most.
func TestCopier_Progress(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	data := someBytes(rng, 300<<10)
	for _, from := range []string{"file", "Conn", "Unix conn", "io.Reader"} {
		for _, to := range targetKinds {
			for form, run := range map[string]func(t *testing.T, main func() error){"task": run, "goroutine": func(t *testing.T, main func() error) {
				within(t, "the blocking form", func() {
					if err := main(); err != nil {
						t.Error(err)
					}
				})
			}} {
				if form == "goroutine" && to == "AsyncWriter" {
					continue // the test's own has no blocking form
				}
				run(t, func() error {
					var src io.Reader
					if from == "file" {
						src = fileOf(t, data)
					} else {
						src = sourceOf(t, rng, from, data)
					}
					dst := targetOf(t, rng, to)
					told, calls := 0, 0
					k := &Copier{Progress: func(n int) {
						if n < 1 || n > fairShare {
							t.Errorf("from %s to %s: a piece of %d bytes", from, to, n)
						}
						told += n
						calls++
					}}
					n, err := rt.Await(k.Copy(dst.dst, src))
					if err != nil || int(n) != len(data) || told != len(data) || calls < 2 {
						t.Errorf("from %s to %s in a %s: %d bytes were copied, %v, and %d told in %d calls, want %d", from, to, form, n, err, told, calls, len(data))
					}
					dst.done()
					dst.received()
					return nil
				})
			}
		}
	}
}

// TestCopier_Idle: deadlines that Progress sets anew give up a source that has fallen silent, or a destination that does not read, when as
// much time has passed as is allowed, and none that is slow.
func TestCopier_Idle(t *testing.T) {
	const idle = time.Minute
	overNetworks(t, func(t *testing.T, network string) {
		for _, stuck := range []string{"source", "destination"} {
			t.Run(stuck, func(t *testing.T) {
				src, from := pairOver(t, network)
				dst, to := pairOver(t, network)
				if stuck == "destination" {
					fill(dst)
				}
				var clock rttest.Clock
				runBy(t, &clock, func() error {
					told := 0
					alive := func() {
						src.SetReadDeadline(rt.Now().Add(idle))
						dst.SetWriteDeadline(rt.Now().Add(idle))
					}
					k := &Copier{Progress: func(n int) {
						told += n
						alive()
					}}
					alive()
					task := rt.Spawn(func() (int64, error) { return rt.Await(k.Copy(dst, src)) })
					for n := range 5 {
						if _, err := from.Write([]byte("x")); err != nil {
							return err
						}
						for stuck == "source" && told <= n {
							turn()
						}
						if stuck == "destination" {
							break
						}
						clock.Advance(idle - 1)
						turn()
						if task.Done() {
							t.Fatalf("given up after byte %d", n)
						}
					}
					for stuck == "destination" && !dst.waits(writing) {
						turn()
					}
					clock.Advance(idle)
					n, err := rt.Await(task.Wait())
					if int(n) != told || !errors.Is(err, os.ErrDeadlineExceeded) {
						t.Errorf("%d bytes, %v; %d were told", n, err, told)
					}
					return to.Close()
				})
			})
		}
	})
}

// TestCopier_ProgressFails: what Progress does in between is done: it panics, closes, cancels. What was not written is in the Reader.
func TestCopier_ProgressFails(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		src, from := pairOver(t, network)
		dst, to := pairOver(t, network)
		r := NewReader(src)
		inBothForms(t, func(t *testing.T) error {
			from.Write([]byte("hello"))
			func() {
				defer func() {
					if p := recover(); p != "boom" {
						t.Errorf("recovered %v", p)
					}
				}()
				rt.Await((&Copier{Progress: func(int) { panic("boom") }}).Copy(dst, r))
			}()
			got := make([]byte, 5)
			if _, err := io.ReadFull(to, got); string(got) != "hello" || err != nil {
				t.Errorf("%q has come, %v", got, err)
			}
			from.Write([]byte("again"))
			n, err := rt.Await(r.ReadFull(got))
			wantData(t, "ReadFull after the panic", got[:n], err, "again", nil)
			return nil
		})
		within(t, "a Copy whose Progress closes and writes", func() {
			from.Write([]byte("x"))
			n, err := (&Copier{Progress: func(int) {
				if _, err := dst.Write([]byte("y")); err != nil { // no lock is held
					t.Error(err)
				}
				src.Close()
			}}).Copy(dst, src)
			if n != 1 || err == nil {
				t.Errorf("%d bytes, %v", n, err)
			}
		})
	})
}

// TestCopier_ProgressPanics: the position of a file is after what was written also then, in every form.
func TestCopier_ProgressPanics(t *testing.T) {
	data := noise(100)
	k := &Copier{Progress: func(int) { panic("progress") }}
	for name, copied := range map[string]func(dst io.Writer, src io.Reader) (int64, error){
		"goroutine": k.Copy,
		"task": func(dst io.Writer, src io.Reader) (int64, error) {
			return rt.Run(func() (int64, error) { return k.Copy(dst, src) })
		},
	} {
		src := fileWith(t, data)
		func() {
			defer func() { recover() }()
			copied(struct{ io.Writer }{io.Discard}, src)
		}()
		if at := position(t, src); at != int64(len(data)) {
			t.Errorf("%s: the file is at %d, want %d", name, at, len(data))
		}
	}
}
