//go:build linux

package poll

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/goasync/goasync/rt"
)

// A readerModel says what a Reader does, whatever pieces the data comes in: it knows all of it.
type readerModel struct {
	left  []byte
	limit int
}

func (m *readerModel) take(n int) []byte {
	p := m.left[:n]
	m.left = m.left[n:]
	return p
}

func (m *readerModel) readFull(n int) ([]byte, error) {
	switch {
	case n <= len(m.left):
		return m.take(n), nil
	case len(m.left) == 0:
		return nil, io.EOF
	}
	return m.take(len(m.left)), io.ErrUnexpectedEOF
}

func (m *readerModel) readUntil(delim string) ([]byte, error) {
	i := bytes.Index(m.left, []byte(delim))
	switch {
	case i >= 0 && i+len(delim) <= m.limit:
		return m.take(i + len(delim)), nil
	case i >= 0 || len(m.left) >= m.limit:
		return nil, bufio.ErrTooLong
	case len(m.left) == 0:
		return nil, io.EOF
	}
	return m.take(len(m.left)), io.ErrUnexpectedEOF
}

func (m *readerModel) readLine() ([]byte, error) {
	line, err := m.readUntil("\n")
	if err == io.ErrUnexpectedEOF {
		return line, nil
	}
	if line, ended := bytes.CutSuffix(line, []byte("\n")); ended {
		return bytes.TrimSuffix(line, []byte("\r")), err
	}
	return line, err
}

func (m *readerModel) peek(n int) ([]byte, error) {
	switch {
	case n > m.limit:
		return nil, bufio.ErrTooLong
	case n > len(m.left):
		return m.left, io.EOF
	}
	return m.left[:n], nil
}

func (m *readerModel) discard(n int) (int, error) {
	if n > len(m.left) {
		return len(m.take(len(m.left))), io.EOF
	}
	return len(m.take(n)), nil
}

// randomRead makes a random call of r, and reports whether the data has ended. What is wrong about it is the error.
func randomRead(rng *rand.Rand, r *Reader, m *readerModel) (ended bool, err error) {
	var got, want []byte
	var gotErr, wantErr error
	sizes := []int{0, 1, 10, m.limit - 1, m.limit, m.limit + 1, minBuffer - 1, minBuffer, 3 * minBuffer, 100 << 10}
	n := sizes[rng.IntN(len(sizes))]
	var what string
	switch rng.IntN(6) {
	case 0:
		what = fmt.Sprintf("Read of %d", n)
		buf := make([]byte, n)
		k, err := rt.Await(r.Read(buf))
		got, gotErr = buf[:k], err
		if k == 0 && n > 0 {
			want, wantErr = nil, io.EOF
			if len(m.left) > 0 {
				return false, fmt.Errorf("%s returned 0, %v with %d bytes left", what, err, len(m.left))
			}
			break
		}
		if k > len(m.left) {
			return false, fmt.Errorf("%s: %d bytes of %d", what, k, len(m.left))
		}
		want = m.take(k)
	case 1:
		what = fmt.Sprintf("ReadFull of %d", n)
		buf := make([]byte, n)
		k, err := rt.Await(r.ReadFull(buf))
		got, gotErr = buf[:k], err
		want, wantErr = m.readFull(n)
	case 2:
		delim := []string{"\n", "a", "\r\n", "aba", "\r\n\r\n", "x"}[rng.IntN(6)]
		what = fmt.Sprintf("ReadUntil %q", delim)
		got, gotErr = rt.Await(r.ReadUntil(delim))
		want, wantErr = m.readUntil(delim)
		if e, ok := errors.AsType[*LimitError](gotErr); ok {
			if i := bytes.Index(m.left, []byte(delim)); i >= 0 && e.Consumed > i || e.Consumed+len(delim) <= m.limit {
				return false, fmt.Errorf("%s consumed %d, the delimiter is at %d", what, e.Consumed, i)
			}
			m.discard(e.Consumed)
			if _, err := rt.Await(r.Discard(e.Consumed)); err != nil {
				return false, err
			}
		}
	case 3:
		what = "ReadLine"
		got, gotErr = rt.Await(r.ReadLine())
		want, wantErr = m.readLine()
	case 4:
		what = fmt.Sprintf("Peek of %d", n)
		got, gotErr = rt.Await(r.Peek(n))
		want, wantErr = m.peek(n)
	case 5:
		what = fmt.Sprintf("Discard of %d", n)
		k, err := rt.Await(r.Discard(n))
		wantN, wantErr := m.discard(n)
		if k != wantN || err != wantErr {
			return false, fmt.Errorf("%s: %d, %v, want %d, %v", what, k, err, wantN, wantErr)
		}
	}
	if !bytes.Equal(got, want) || !errors.Is(gotErr, wantErr) {
		return false, fmt.Errorf("%s: %d bytes %.40q, error %v; want %d bytes %.40q, error %v", what, len(got), got, gotErr, len(want), want, wantErr)
	}
	return len(m.left) == 0, nil
}

// readRandomly reads data through a Reader of src by random calls.
func readRandomly(rng *rand.Rand, src io.Reader, data []byte) error {
	limit := []int{1, 5, 100, minBuffer, minBuffer + 1, DefaultReaderLimit}[rng.IntN(6)]
	r := NewReaderLimit(src, limit)
	m := &readerModel{left: data, limit: limit}
	for {
		ended, err := randomRead(rng, r, m)
		if err != nil {
			return fmt.Errorf("limit %d: %w", limit, err)
		}
		if r.buf != nil && len(r.buf.bytes) > max(minBuffer, 2*limit-1) {
			return fmt.Errorf("limit %d: a buffer of %d bytes", limit, len(r.buf.bytes))
		}
		if ended {
			break
		}
	}
	if n, err := rt.Await(r.Read(make([]byte, 1))); n != 0 || err != io.EOF {
		return fmt.Errorf("Read at the end: %d, %v", n, err)
	}
	if r.buf != nil {
		return errors.New("the buffer is kept at the end")
	}
	return nil
}

// TestF05_ReaderPieces: a Reader returns the same whatever pieces the data comes in, from each kind of source, in a task and on a
// goroutine.
func TestF05_ReaderPieces(t *testing.T) {
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 0))
		data := someBytes(rng, rng.IntN(150<<10))
		for _, kind := range sourceKinds {
			src := sourceOf(t, rng, kind, data)
			run(t, func() error {
				if err := readRandomly(rng, src, data); err != nil {
					t.Errorf("seed %d, %s in a task: %v", seed, kind, err)
				}
				return nil
			})
			if kind == "AsyncReader" || kind == "ReadWaiter" {
				continue // the test's own: they have no blocking form
			}
			src = sourceOf(t, rng, kind, data)
			within(t, kind, func() {
				if err := readRandomly(rng, src, data); err != nil {
					t.Errorf("seed %d, %s on a goroutine: %v", seed, kind, err)
				}
			})
		}
	}
}
