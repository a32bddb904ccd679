//go:build linux

package poll

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// fileWith returns a file that holds data, open at its beginning until the test ends.
func fileWith(t *testing.T, data []byte) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// position returns where f is.
func position(t *testing.T, f *os.File) int64 {
	t.Helper()
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// sendFile sends in a task, by sendfile or by copying.
func sendFile(c *Conn, f *os.File, n int64, copies bool) (int64, error) {
	op := new(ConnSendFileOp)
	op.Init(c, f, n)
	op.rest.copies = copies
	return rt.Block(op)
}

// Statement 195: a file is sent from its position on, and that moves by what was sent.
// CPython, sock_sendfile and its fallback: 3145728, 1000, 1048576, 10 and 0 bytes, the file at what was sent. A count of 0 is a ValueError
// there.
func TestC195_SendFile(t *testing.T) {
	data := noise(3 << 20)
	forms := map[string]func(c *Conn, f *os.File, n int64) (int64, error){
		"blocking": func(c *Conn, f *os.File, n int64) (int64, error) { return c.SendFile(f, n) },
		"plain": func(c *Conn, f *os.File, n int64) (int64, error) {
			return rt.Run(func() (int64, error) { return rt.Await(c.SendFile(f, n)) })
		},
		"async": func(c *Conn, f *os.File, n int64) (int64, error) { return rt.RunAsync(c.SendFileAsync(f, n)) },
		"copying": func(c *Conn, f *os.File, n int64) (int64, error) {
			return rt.Run(func() (int64, error) { return sendFile(c, f, n, true) })
		},
	}
	overNetworks(t, func(t *testing.T, network string) {
		for name, form := range forms {
			for _, test := range []struct{ from, n, want int64 }{
				{0, -1, 3 << 20},
				{0, 0, 0},
				{100, 1000, 1000},
				{1 << 20, 1 << 20, 1 << 20},
				{3<<20 - 10, 1000, 10},
				{3 << 20, -1, 0},
			} {
				c, peer := pairOver(t, network)
				f := fileWith(t, data)
				f.Seek(test.from, io.SeekStart)
				arrived := make(chan []byte)
				go func() {
					got, _ := io.ReadAll(peer)
					arrived <- got
				}()
				within(t, name, func() {
					n, err := form(c, f, test.n)
					c.Close()
					if got := <-arrived; n != test.want || err != nil || !bytes.Equal(got, data[test.from:test.from+test.want]) {
						t.Errorf("%s: %d bytes from %d: sent %d, %v, and %d arrived, or others; want %d", name, test.n, test.from, n, err, len(got), test.want)
					}
				})
				if at := position(t, f); at != test.from+test.want {
					t.Errorf("%s: %d bytes from %d: the file is at %d, want %d", name, test.n, test.from, at, test.from+test.want)
				}
			}
		}
	})
}

// A SendFile that is cancelled or fails has moved the position by what it has sent.
func TestF32_CancelledSendFileSaysHowMuch(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for _, copies := range []bool{false, true} {
			run(t, func() error {
				c, peer := pairOver(t, network)
				c.SetWriteBuffer(1)
				f := fileWith(t, make([]byte, 16<<20))
				sent := int64(0)
				sender := rt.Spawn0(func() (err error) {
					sent, err = sendFile(c, f, -1, copies)
					c.Close()
					return err
				})
				for !c.waits(writing) {
					turn()
				}
				sender.Cancel(nil)
				if _, err := rt.Await(sender.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
					t.Errorf("SendFile: %v, want the cancel", err)
				}
				arrived, err := rt.Blocking(func(context.Context) (int64, error) { return io.Copy(io.Discard, peer) })
				if at := position(t, f); sent == 0 || arrived != sent || at != sent {
					t.Errorf("SendFile returned %d, %d bytes arrived, the file is at %d; want the same", sent, arrived, at)
				}
				return err
			})
		}
	})
}

// What cannot be sent is an error, and what went before has been sent.
func TestSendFile_Errors(t *testing.T) {
	c, peer := connPair(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	_, err = c.SendFile(r, -1)
	wantErr(t, "SendFile of a pipe", err, unix.ESPIPE)
	f := fileWith(t, make([]byte, 16<<20))
	reset(peer)
	run(t, func() error {
		n, err := rt.Await(c.SendFile(f, -1))
		if !isBroken(err) || n != position(t, f) {
			t.Errorf("SendFile to a peer that has gone: %d, %v, and the file is at %d", n, err, position(t, f))
		}
		return nil
	})
	f.Close()
	_, err = c.SendFile(f, -1)
	wantErr(t, "SendFile of a file that is closed", err, os.ErrClosed)
}

// TestF09_BrokenPipeInTheKernel: where the kernel moves the data by itself it is an error, too, which names the call. The signal that comes
// with it there the process survives.
func TestF09_BrokenPipeInTheKernel(t *testing.T) {
	for _, test := range []struct {
		name, call string
		copied     func(t *testing.T, dst *Conn) (int64, error)
	}{
		{"SendFile", "sendfile", func(t *testing.T, dst *Conn) (int64, error) { return dst.SendFile(fileWith(t, []byte("x")), -1) }},
		{"Copy of a file", "sendfile", func(t *testing.T, dst *Conn) (int64, error) { return Copy(dst, fileWith(t, []byte("x"))) }},
		{"Copy", "splice", func(t *testing.T, dst *Conn) (int64, error) {
			src, peer := connPair(t)
			peer.Write([]byte("x"))
			return Copy(dst, src)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBothForms(t, func(t *testing.T) error {
				dst, _ := connPair(t)
				dst.CloseWrite()
				_, err := test.copied(t, dst)
				wantErr(t, test.name, err, unix.EPIPE)
				if call, ok := errors.AsType[*os.SyscallError](err); !ok || call.Syscall != test.call {
					t.Errorf("the error %v is not of %s", err, test.call)
				}
				return nil
			})
		})
	}
}
