//go:build linux

package poll

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestReaderReset: a Reader that is reset is as new, with the same limit, whatever it was before.
func TestReaderReset(t *testing.T) {
	late, pw := io.Pipe()
	for _, before := range []struct {
		name string
		use  func(r *Reader) error
	}{
		{"filled", func(r *Reader) error { _, err := rt.Await(r.Peek(1)); return err }},
		{"returned a line", func(r *Reader) error { _, err := rt.Await(r.ReadLine()); return err }},
		{"at the end", func(r *Reader) error {
			r.Reset(&plainReader{left: []byte("old"), piece: func() int { return 10 }}) // which returns data and the end together
			_, err := rt.Await(r.Peek(1))
			return err
		}},
		{"a Read goes on", func(r *Reader) error {
			begun := make(chan struct{}, 1)
			r.Reset(&signalling{late, begun})
			task := rt.Spawn(func() ([]byte, error) { return rt.Await(r.ReadLine()) })
			if _, err := rt.Await(rt.Recv(begun)); err != nil {
				return err
			}
			task.Cancel(nil)
			rt.Await(task.Wait())
			if r.left == nil {
				t.Error("no Read goes on")
			}
			return nil
		}},
	} {
		run(t, func() error {
			r := NewReaderLimit(strings.NewReader("old\nold\n"), 5)
			if err := before.use(r); err != nil {
				return err
			}
			r.Reset(strings.NewReader("new\nlonger\n"))
			if r.Buffered() != 0 || r.buf != nil {
				t.Errorf("%s: %d bytes are buffered", before.name, r.Buffered())
			}
			line, err := rt.Await(r.ReadLine())
			wantData(t, before.name, line, err, "new", nil)
			_, err = rt.Await(r.ReadLine())
			if long, ok := errors.AsType[*LimitError](err); !ok || long.Limit != 5 || !errors.Is(err, bufio.ErrTooLong) {
				t.Errorf("%s: beyond the limit: %v", before.name, err)
			}
			return nil
		})
	}
	within(t, "the Read that was left to itself", func() { pw.Write([]byte("late")) })
}

// TestReaderResetInUse: while a call waits a Reader is not reset.
func TestReaderResetInUse(t *testing.T) {
	run(t, func() error {
		c, peer := connPair(t)
		r := NewReader(c)
		task := rt.Spawn(func() ([]byte, error) { return rt.Await(r.ReadLine()) })
		for !c.waits(reading) {
			turn()
		}
		func() {
			defer func() {
				if _, ok := recover().(rt.Misuse); !ok {
					t.Error("Reset of a Reader while ReadLine waits does not panic with Misuse")
				}
			}()
			r.Reset(strings.NewReader("other\n"))
		}()
		peer.Write([]byte("line\n"))
		line, err := rt.Await(task.Wait())
		wantData(t, "the line", line, err, "line", nil)
		r.Reset(strings.NewReader("other\n")) // the call has ended
		line, err = rt.Await(r.ReadLine())
		wantData(t, "after Reset", line, err, "other", nil)
		return nil
	})
}
