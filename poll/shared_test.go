//go:build linux

package poll

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// makeBlocking does what somebody who shares the description of a descriptor may do: os.File.Fd, for one.
func makeBlocking(t *testing.T, fd *descriptor) {
	t.Helper()
	if err := unix.SetNonblock(fd.sysfd, false); err != nil {
		t.Fatal(err)
	}
}

// F43: an accept waits in the loop, and not in the system call.
func TestF43_AcceptOfABlockingListener(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		theirs, ln := adoptedListener(t, network)
		makeBlocking(t, &ln.descriptor)
		run(t, func() error {
			accepter := rt.Spawn(func() (*Conn, error) { return rt.Await(ln.AcceptConn()) })
			for !ln.waits(reading) {
				turn()
			}
			dialNet(t, theirs)
			c, err := rt.Await(accepter.Wait())
			if err != nil {
				return err
			}
			return c.Close()
		})
	})
}

// blockingCopies are what makes a system call that has no MSG_DONTWAIT with a blocking connection. Each copies data to dst.
var blockingCopies = []struct {
	name string
	copy func(t *testing.T, dst *Conn, data []byte) (int64, error)
}{
	{"Copy from a Conn", func(t *testing.T, dst *Conn, data []byte) (int64, error) {
		src, peer := connPair(t)
		makeBlocking(t, &src.descriptor)
		go func() {
			peer.Write(data)
			peer.CloseWrite()
		}()
		return rt.Await(Copy(dst, src))
	}},
	{"Copy of a file", func(t *testing.T, dst *Conn, data []byte) (int64, error) {
		return rt.Await(Copy(dst, fileWith(t, data)))
	}},
	{"SendFile", func(t *testing.T, dst *Conn, data []byte) (int64, error) {
		return rt.Await(dst.SendFile(fileWith(t, data), -1))
	}},
}

// F43: a peer that does not read keeps the task waiting, and not the loop.
func TestF43_CopyToABlockingConn(t *testing.T) {
	for _, test := range blockingCopies {
		t.Run(test.name, func(t *testing.T) {
			dst, peer := connPair(t)
			makeBlocking(t, &dst.descriptor)
			dst.SetWriteBuffer(64 << 10)
			data := noise(4 << 20) // more than the buffers take
			run(t, func() error {
				copier := rt.Spawn(func() (int64, error) {
					defer dst.CloseWrite()
					return test.copy(t, dst, data)
				})
				for !dst.waits(writing) {
					turn()
				}
				got, err := rt.Blocking(func(context.Context) ([]byte, error) { return io.ReadAll(peer) })
				if err != nil {
					return err
				}
				n, err := rt.Await(copier.Wait())
				if n != int64(len(data)) || !bytes.Equal(got, data) {
					t.Errorf("copied %d bytes of %d, and %d arrived, or others", n, len(data), len(got))
				}
				return err
			})
		})
	}
}

// F43: a peer that sends nothing keeps the task waiting, and not the loop.
func TestF43_CopyFromABlockingConn(t *testing.T) {
	src, srcPeer := connPair(t)
	dst, _ := connPair(t)
	makeBlocking(t, &src.descriptor)
	run(t, func() error {
		copier := rt.Spawn(func() (int64, error) { return rt.Await(Copy(dst, src)) })
		for !src.waits(reading) {
			turn()
		}
		srcPeer.Write([]byte("hello"))
		srcPeer.CloseWrite()
		n, err := rt.Await(copier.Wait())
		if n != 5 {
			t.Errorf("copied %d bytes, want 5", n)
		}
		return err
	})
}
