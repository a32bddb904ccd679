//go:build linux

package poll

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// readAllForms are ReadAll in each form.
var readAllForms = map[string]func(r io.Reader, limit int) ([]byte, error){
	"blocking": ReadAll,
	"plain": func(r io.Reader, limit int) ([]byte, error) {
		return rt.Run(func() ([]byte, error) { return ReadAll(r, limit) })
	},
	"async": func(r io.Reader, limit int) ([]byte, error) { return rt.RunAsync(ReadAllAsync(r, limit)) },
}

// TestReadAll reads what there is, of every kind of reader: less than the limit, as much, and more, which is an error.
func TestReadAll(t *testing.T) {
	for form, readAll := range readAllForms {
		for _, kind := range sourceKinds {
			if form == "blocking" && (kind == "AsyncReader" || kind == "ReadWaiter") {
				continue // those of the tests are read in tasks alone
			}
			t.Run(form+", "+kind, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, 2))
				for _, size := range []int{0, 1, minBuffer, 100_000} {
					data := someBytes(rng, size)
					for _, limit := range []int{max(size-1, 0), size, size + 1, math.MaxInt} {
						src := sourceOf(t, rng, kind, data)
						within(t, "ReadAll", func() {
							got, err := readAll(src, limit)
							wantAll(t, got, err, data, limit)
						})
					}
				}
			})
		}
	}
}

// wantAll fails the test unless ReadAll has returned of data what its limit allows.
func wantAll(t *testing.T, got []byte, err error, data []byte, limit int) {
	t.Helper()
	if !bytes.Equal(got, data[:min(limit, len(data))]) {
		t.Errorf("ReadAll of %d bytes with the limit %d returned %d, or others", len(data), limit, len(got))
	}
	long, ok := errors.AsType[*LimitError](err)
	switch {
	case len(data) <= limit && err != nil:
		t.Errorf("ReadAll of %d bytes with the limit %d: %v", len(data), limit, err)
	case len(data) > limit && (!ok || long.Limit != limit || !errors.Is(err, bufio.ErrTooLong)):
		t.Errorf("ReadAll of %d bytes with the limit %d: error %v, want a *LimitError", len(data), limit, err)
	}
}

// TestReadAll_OfAReader begins with what that has read ahead, and leaves there what is beyond the limit.
func TestReadAll_OfAReader(t *testing.T) {
	for form, readAll := range readAllForms {
		t.Run(form, func(t *testing.T) {
			c, peer := connPair(t)
			peer.Write([]byte("head\nthe body"))
			peer.CloseWrite()
			r := NewReaderLimit(c, 5)
			line, err := r.ReadLine()
			wantData(t, "ReadLine", line, err, "head", nil)
			for _, part := range []struct {
				limit int
				want  string
				err   error
			}{{0, "", bufio.ErrTooLong}, {4, "the ", bufio.ErrTooLong}, {4, "body", nil}, {0, "", nil}} {
				got, err := readAll(r, part.limit)
				wantData(t, "ReadAll", got, err, part.want, part.err)
			}
			if r.buf != nil {
				t.Error("the Reader has a buffer when all was read")
			}
		})
	}
}

// TestReadAll_Busy: beside a call that waits it is refused, and takes nothing. A limit that makes no sense is, too.
func TestReadAll_Busy(t *testing.T) {
	c, peer := connPair(t)
	r := NewReader(c)
	run(t, func() error {
		line := rt.Spawn(func() ([]byte, error) { return rt.Await(r.ReadLine()) })
		peer.Write([]byte("one"))
		for !r.busy || r.Buffered() == 0 {
			turn()
		}
		got, err := rt.Await(ReadAll(r, 100))
		wantData(t, "ReadAll beside a ReadLine", got, err, "", ErrBusy)
		peer.Write([]byte(" line\n"))
		got, err = rt.Await(line.Wait())
		wantData(t, "ReadLine", got, err, "one line", nil)
		return nil
	})
	defer func() {
		if _, ok := recover().(rt.Misuse); !ok {
			t.Error("a negative limit does not panic with Misuse")
		}
	}()
	ReadAll(c, -1)
}

// TestReadAll_WaitsWithoutABuffer: while it waits for a Conn it has no buffer, neither before the first byte nor later.
func TestReadAll_WaitsWithoutABuffer(t *testing.T) {
	c, peer := connPair(t)
	r := NewReader(c)
	run(t, func() error {
		op := new(ReadAllOp)
		op.Init(r, 100)
		op.Visible()
		task := rt.SpawnOn(rt.RunningLoop(), rt.Awaitable[[]byte](op))
		sent := 0
		for _, piece := range []string{"some", " data"} {
			for len(op.data) < sent || !c.waits(reading) {
				turn()
			}
			if r.buf != nil {
				t.Error("it waits with a buffer")
			}
			peer.Write([]byte(piece))
			sent += len(piece)
		}
		peer.CloseWrite()
		got, err := rt.Await(task.Wait())
		wantData(t, "ReadAll", got, err, "some data", nil)
		return nil
	})
}

// TestF32_SweepOfReadAll: whatever is cancelled or fails, each byte is returned once or still there, in the source or the Reader.
func TestF32_SweepOfReadAll(t *testing.T) {
	data := noise(3 * minBuffer)
	for _, of := range []struct {
		reader bool
		limit  int
	}{{false, len(data)}, {true, len(data)}, {true, 2 * minBuffer}} {
		rttest.Sweep(t, func(s *rttest.Scenario) {
			src := &chunked{left: data, piece: func() int { return 1500 }, waits: func() int { return 1 }, end: io.EOF}
			r := NewReader(src)
			var from io.Reader = src
			if of.reader {
				from = r
			}
			var got []byte
			s.GoPlain("read", func() (err error) {
				got, err = rt.Await(ReadAll(from, of.limit))
				if _, ok := errors.AsType[*LimitError](err); ok {
					return nil
				}
				return err
			})
			s.Check(func() {
				if all := slices.Concat(got, r.unread(), src.left); !bytes.Equal(all, data) {
					s.Errorf("of a Reader %t, limit %d: %d bytes returned and %d left, of %d", of.reader, of.limit, len(got), len(all)-len(got), len(data))
				}
				if r.busy {
					s.Error("the Reader is busy for ever")
				}
			})
		})
	}
	overNetworks(t, sweepOfReadAll)
}

// sweepOfReadAll sweeps a ReadAll of a connection.
func sweepOfReadAll(t *testing.T, network string) {
	sequence := noise(40 << 10)
	sweep(t, func(t *testing.T) (tasks [2]func() error, end func(run string)) {
		a, b := bothPair(t, network)
		sent, received := 0, []byte(nil)
		sender := func() error {
			for sent < len(sequence) {
				n, err := rt.Await(a.Write(sequence[sent:min(sent+10<<10, len(sequence))]))
				if sent += n; err != nil {
					return err
				}
				if err := rt.Await0(rt.YieldNow()); err != nil { // in which the receiver comes to wait
					return err
				}
			}
			return nil
		}
		receiver := func() (err error) {
			received, err = rt.Await(ReadAll(b, len(sequence)))
			return err
		}
		return [2]func() error{sender, receiver}, func(run string) {
			a.Close()
			rest, err := ReadAll(b, len(sequence))
			b.Close()
			if received = append(received, rest...); err != nil || !bytes.Equal(received, sequence[:sent]) {
				t.Errorf("%s: %d bytes were sent, %d received, or others; %v", run, sent, len(received), err)
			}
		}
	})
}

// TestReadAll_DataWithACancel: what a source returns together with a cancel is returned, too, or kept by the Reader.
func TestReadAll_DataWithACancel(t *testing.T) {
	cancel := &rt.Canceled{Cause: errors.New("enough")}
	for _, reader := range []bool{false, true} {
		run(t, func() error {
			var src io.Reader = &hasty{"some data", cancel}
			want := "some "
			if reader {
				src, want = NewReader(src), ""
			}
			got, err := rt.Await(ReadAll(src, 100))
			wantData(t, "ReadAll", got, err, want, cancel)
			return nil
		})
	}
}

// A signalling reader says when a Read begins.
type signalling struct {
	io.Reader
	begun chan struct{}
}

func (s *signalling) Read(p []byte) (int, error) {
	select {
	case s.begun <- struct{}{}:
	default: // nobody waits for it any more
	}
	return s.Reader.Read(p)
}

// TestReadAll_CancelledCall: what a Read without an async form returns after a cancel is lost, but of a Reader.
func TestReadAll_CancelledCall(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		pr, pw := io.Pipe()
		begun := make(chan struct{}, 1)
		var src io.Reader = &signalling{pr, begun}
		want := "the end"
		if keeps {
			src, want = NewReader(src), "late, the end"
		}
		run(t, func() error {
			task := rt.Spawn(func() ([]byte, error) { return rt.Await(ReadAll(src, 100)) })
			if _, err := rt.Await(rt.Recv(begun)); err != nil {
				return err
			}
			task.Cancel(nil)
			got, err := rt.Await(task.Wait())
			wantData(t, "the cancelled ReadAll", got, err, "", rt.ErrTaskCanceled)
			if err := rt.Await0(rt.Blocking0(func(context.Context) error { // returns when it has been read
				_, err := pw.Write([]byte("late, "))
				return err
			})); err != nil {
				return err
			}
			go func() {
				pw.Write([]byte("the end"))
				pw.Close()
			}()
			got, err = rt.Await(ReadAll(src, 100))
			wantData(t, "the next ReadAll", got, err, want, nil)
			return nil
		})
	}
}
