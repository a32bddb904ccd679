//go:build linux

package poll

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// scatter cuts data into pieces of random length, some of them empty.
func scatter(data []byte, longest int) (pieces [][]byte) {
	for len(data) > 0 {
		n := min(rand.IntN(longest+1), len(data))
		pieces = append(pieces, data[:n:n])
		data = data[n:]
	}
	return append(pieces, nil)
}

// noise returns random bytes.
func noise(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}

// Statement 198: pieces arrive in order and once, however the socket takes them, with no more than IOV_MAX a call, in every form.
// CPython, writelines of the like: all bytes arrive, in order. Pieces of 3.11 are joined and sent by one write.
func TestC198_WritevSendsAllPieces(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for _, test := range []struct {
			name          string
			size, longest int
			small         bool // send buffer
		}{
			{"few", 1000, 400, false},
			{"nothing", 0, 1, false},
			{"more than a call takes", 20000, 8, false},
			{"more than the socket takes", 1 << 20, 5000, true},
			{"large pieces", 4 << 20, 1 << 20, false},
		} {
			for _, form := range []func(f func() error) error{func(f func() error) error { return f() }, func(f func() error) error { return rt.Run0(f) }} {
				c, peer := pairOver(t, network)
				if test.small {
					c.SetWriteBuffer(1)
				}
				data := noise(test.size)
				pieces := scatter(data, test.longest)
				before := slices.Clone(pieces)
				arrived := make(chan []byte)
				go func() {
					got, _ := io.ReadAll(peer)
					arrived <- got
				}()
				within(t, test.name, func() {
					err := form(func() error {
						n, err := rt.Await(c.Writev(pieces))
						if n != len(data) {
							t.Errorf("%s: wrote %d bytes, want %d", test.name, n, len(data))
						}
						return err
					})
					c.Close()
					if err != nil {
						t.Errorf("%s: %v", test.name, err)
					}
					if got := <-arrived; !bytes.Equal(got, data) {
						t.Errorf("%s: %d bytes arrived, or others than the %d sent", test.name, len(got), len(data))
					}
				})
				if !slices.EqualFunc(pieces, before, func(a, b []byte) bool { return len(a) == len(b) && cap(a) == cap(b) }) {
					t.Errorf("%s: the caller's pieces were changed", test.name)
				}
			}
		}
	})
}

// F06: however little a call takes, scattered goes on where it ended.
func TestF06_PartialWritev(t *testing.T) {
	for range 200 {
		data := noise(rand.IntN(3 * maxPieces))
		rest := scattered{pieces: scatter(data, 1+rand.IntN(10))}
		var got []byte
		iov := make([]unix.Iovec, maxPieces)
		for !rest.isEmpty() {
			var described []byte
			for _, v := range iov[:rest.fill(iov)] {
				described = append(described, unsafe.Slice(v.Base, int(v.Len))...)
			}
			n := 1 + rand.IntN(len(described))
			got = append(got, described[:n]...)
			rest.advance(n)
		}
		if !bytes.Equal(got, data) {
			t.Fatalf("%d bytes, or others than the %d", len(got), len(data))
		}
	}
}

// A Writev that is cancelled says how much it has written.
func TestF32_CancelledWritevSaysHowMuch(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			n := 0
			writer := rt.Spawn0(func() (err error) {
				n, err = rt.Await(c.Writev([][]byte{{1}, tooMuch, {2}}))
				c.Close()
				return err
			})
			turn()
			writer.Cancel(nil)
			if _, err := rt.Await(writer.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
				t.Errorf("Writev: %v, want a cancel", err)
			}
			arrived, err := rt.Blocking(func(context.Context) (int64, error) { return io.Copy(io.Discard, peer) })
			if int64(n) != arrived || n == 0 || n > mostPerTurn {
				t.Errorf("Writev returned %d, %d bytes arrived; want the same, and %d at most", n, arrived, mostPerTurn)
			}
			return err
		})
	})
}
