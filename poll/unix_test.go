//go:build linux

package poll

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// socketPath returns a path that nothing stands at, short enough for a socket.
func socketPath(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "poll")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// mustListen listens until the test ends.
func mustListen(t testing.TB, network, address string) *Listener {
	t.Helper()
	ln, err := Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

// exists reports whether something stands at path.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func TestUnixConnectionsHaveAddresses(t *testing.T) {
	abstract := fmt.Sprintf("@poll-%d\x00%s", os.Getpid(), t.Name()) // a NUL does not end an abstract name
	for _, address := range []string{socketPath(t), abstract} {
		ln := mustListen(t, "unix", address)
		if got := ln.Addr(); got.Network() != "unix" || got.String() != address {
			t.Errorf("the listener's address is %v %q, want unix %q", got.Network(), got, address)
		}
		run(t, func() error {
			accepted := rt.Spawn(ln.AcceptConn)
			client, err := connectUnix(&net.UnixAddr{Net: "unix", Name: address})
			if err != nil {
				return err
			}
			defer client.Close()
			server, err := rt.Await(accepted.Wait())
			if err != nil {
				return err
			}
			defer server.Close()
			for _, end := range []struct {
				name string
				got  net.Addr
				want string
			}{
				{"client's local", client.LocalAddr(), "@"},
				{"client's remote", client.RemoteAddr(), address},
				{"server's local", server.LocalAddr(), address},
				{"server's remote", server.RemoteAddr(), "@"},
			} {
				if _, ok := end.got.(*net.UnixAddr); !ok || end.got.String() != end.want {
					t.Errorf("the %s address is %T %q, want *net.UnixAddr %q", end.name, end.got, end.got, end.want)
				}
			}
			return exchange(client, server)
		})
	}
}

// exchange sends a message each way, and the end of the stream.
func exchange(a, b *Conn) error {
	for _, way := range [][2]*Conn{{a, b}, {b, a}} {
		if _, err := rt.Await(way[0].Write([]byte("message"))); err != nil {
			return err
		}
		buf := make([]byte, 16)
		n, err := rt.Await(way[1].Read(buf))
		if err != nil || string(buf[:n]) != "message" {
			return fmt.Errorf("got %q, %v", buf[:n], err)
		}
	}
	if err := a.CloseWrite(); err != nil {
		return err
	}
	if n, err := rt.Await(b.Read(make([]byte, 1))); n != 0 || err != io.EOF {
		return fmt.Errorf("after the end: got %d, %v", n, err)
	}
	return nil
}

// The error of a Unix socket tells its network and its addresses.
func TestErrorsOfUnixConnections(t *testing.T) {
	path := socketPath(t)
	ln := mustListen(t, "unix", path)
	c, err := connectUnix(&net.UnixAddr{Net: "unix", Name: path})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	_, err = c.Read(make([]byte, 1))
	if want := "read unix @->" + path + ": use of closed network connection"; err == nil || err.Error() != want {
		t.Errorf("Read of a closed connection: got %v, want %s", err, want)
	}
	ln.Close()
	_, err = ln.AcceptConn()
	if want := "accept unix " + path + ": use of closed network connection"; err == nil || err.Error() != want {
		t.Errorf("AcceptConn of a closed listener: got %v, want %s", err, want)
	}
}

// A listener at a path replaces the file of one that has ended, and nothing else; Close removes its own file, and nothing else.
// CPython 3.11: close leaves the file, the next listener replaces it, and also that of one that listens; at the path of a file OSError
// "Address ... is already in use", the data is kept.
func TestC228_FileOfAUnixListener(t *testing.T) {
	t.Run("removed by Close", func(t *testing.T) {
		path := socketPath(t)
		ln := mustListen(t, "unix", path)
		if !exists(path) {
			t.Fatal("no file while it listens")
		}
		ln.Close()
		if exists(path) {
			t.Error("the file is still there after Close")
		}
		if err := ln.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("the second Close: got %v, want net.ErrClosed", err)
		}
	})
	t.Run("kept", func(t *testing.T) {
		path := socketPath(t)
		ln := mustListen(t, "unix", path)
		ln.SetUnlinkOnClose(false)
		f, err := ln.File()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		ln.Close()
		next, err := net.FileListener(f)
		if err != nil {
			t.Fatal(err)
		}
		defer next.Close()
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatalf("the socket that was handed over is not found at its path: %v", err)
		}
		c.Close()
	})
	t.Run("stale", func(t *testing.T) {
		path := socketPath(t)
		left, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: path})
		if err != nil {
			t.Fatal(err)
		}
		left.SetUnlinkOnClose(false)
		left.Close()
		mustListen(t, "unix", path)
	})
	t.Run("in use", func(t *testing.T) {
		path := socketPath(t)
		mustListen(t, "unix", path)
		_, err := Listen("unix", path)
		wantErr(t, "Listen at a path where somebody listens", err, unix.EADDRINUSE)
		if !exists(path) {
			t.Error("the file of the one that listens was removed")
		}
	})
	t.Run("no socket", func(t *testing.T) {
		path := socketPath(t)
		if err := os.WriteFile(path, []byte("data"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Listen("unix", path)
		wantErr(t, "Listen at the path of a file", err, unix.EADDRINUSE)
		if data, _ := os.ReadFile(path); string(data) != "data" {
			t.Errorf("the file holds %q, want what it held before", data)
		}
	})
	t.Run("another's", func(t *testing.T) {
		path := socketPath(t)
		ln := mustListen(t, "unix", path)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		mustListen(t, "unix", path)
		ln.Close()
		if !exists(path) {
			t.Error("Close has removed the file of the listener that took its place")
		}
	})
	t.Run("too long", func(t *testing.T) {
		_, err := Listen("unix", "/"+strings.Repeat("x", 200))
		wantErr(t, "Listen at a path that is too long", err, unix.EINVAL)
	})
}
