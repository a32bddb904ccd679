//go:build linux

package poll

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// pipe returns both ends of a pipe, closed when the test ends.
func pipe(t testing.TB) (r, w *File) {
	t.Helper()
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	return mustFile(t, ends[0], "pipe's end to read"), mustFile(t, ends[1], "pipe's end to write")
}

// mustFile makes a File, closed when the test ends.
func mustFile(t testing.TB, fd int, name string) *File {
	t.Helper()
	f, err := NewFile(fd, name)
	if err != nil {
		unix.Close(fd)
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// socketFiles returns two connected sockets as Files.
func socketFiles(t testing.TB) (a, b *File) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	return mustFile(t, fds[0], "a"), mustFile(t, fds[1], "b")
}

// A pipe carries what is written, in every form, and ends.
func TestFile_Pipe(t *testing.T) {
	message := strings.Repeat("0123456789abcdef", 1<<16) // far more than a pipe holds
	forms := []struct {
		name string
		do   func(f func() error) error
	}{
		{"plain", func(f func() error) error { return rt.Run0(f) }},
		{"blocking", func(f func() error) error { return f() }},
	}
	for _, form := range forms {
		r, w := pipe(t)
		within(t, form.name, func() {
			written := make(chan error)
			go func() {
				written <- form.do(func() error {
					n, err := w.Write([]byte(message))
					if n != len(message) {
						t.Errorf("%s: wrote %d bytes, want %d", form.name, n, len(message))
					}
					w.Close()
					return err
				})
			}()
			err := form.do(func() error {
				got, err := io.ReadAll(r)
				if string(got) != message {
					t.Errorf("%s: %d bytes arrived, or others than the %d sent", form.name, len(got), len(message))
				}
				return err
			})
			if err := errors.Join(err, <-written); err != nil {
				t.Errorf("%s: %v", form.name, err)
			}
		})
	}
}

// What the kernel cannot wait for is refused with what to do instead; what it can is not, whatever it is.
func TestF42_FileKinds(t *testing.T) {
	regular, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer regular.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, f := range []*os.File{regular, null} {
		_, err := FromFile(f)
		if !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), "rt.Blocking") || !strings.Contains(err.Error(), f.Name()) {
			t.Errorf("FromFile of %s: %v, want EPERM, and what to do", f.Name(), err)
		}
	}
	closed, err := os.Create(filepath.Join(t.TempDir(), "closed"))
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	if _, err := FromFile(closed); !errors.Is(err, os.ErrClosed) {
		t.Errorf("FromFile of a file that is closed: %v, want os.ErrClosed", err)
	}
	if _, err := NewFile(-1, "none"); !errors.Is(err, unix.EBADF) {
		t.Errorf("NewFile(-1): %v, want EBADF", err)
	}

	event := eventfd(t)
	inotify, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	watched := t.TempDir()
	if _, err := unix.InotifyAddWatch(inotify, watched, unix.IN_CREATE); err != nil {
		t.Fatal(err)
	}
	changes := mustFile(t, inotify, "inotify")
	run(t, func() error {
		events := rt.Spawn(func() (int, error) { return rt.Await(event.Read(make([]byte, 8))) })
		created := rt.Spawn(func() (int, error) { return rt.Await(changes.Read(make([]byte, 4096))) })
		turn()
		count(event, 1)
		if err := os.WriteFile(filepath.Join(watched, "new"), nil, 0o600); err != nil {
			return err
		}
		if n, err := rt.Await(events.Wait()); n != 8 || err != nil {
			t.Errorf("eventfd: read %d bytes, %v; want 8", n, err)
		}
		if n, err := rt.Await(created.Wait()); n < unix.SizeofInotifyEvent || err != nil {
			t.Errorf("inotify: read %d bytes, %v; want an event", n, err)
		}
		return nil
	})
}

// eventfd returns a counter as a File.
func eventfd(t testing.TB) *File {
	t.Helper()
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	return mustFile(t, fd, "eventfd")
}

// count adds to the counter of an eventfd.
func count(event *File, n uint64) {
	unix.Write(event.sysfd, binary.NativeEndian.AppendUint64(nil, n))
}

// A File of an *os.File is a duplicate. The description that both share becomes non-blocking, and what it was when the File is closed.
func TestFile_FromFile(t *testing.T) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	r, w := os.NewFile(uintptr(ends[0]), "r"), os.NewFile(uintptr(ends[1]), "w")
	defer r.Close()
	defer w.Close()
	nonblocking := func() bool {
		flags, err := unix.FcntlInt(uintptr(ends[0]), unix.F_GETFL, 0)
		if err != nil {
			t.Fatal(err)
		}
		return flags&unix.O_NONBLOCK != 0
	}
	f, err := FromFile(r)
	if err != nil {
		t.Fatal(err)
	}
	if f.Name() != "r" || !nonblocking() {
		t.Errorf("a File named %q, non-blocking %v; want r, true", f.Name(), nonblocking())
	}
	run(t, func() error {
		reader := rt.Spawn(func() (int, error) { return rt.Await(f.Read(make([]byte, 10))) })
		turn()
		w.WriteString("hello")
		if n, err := rt.Await(reader.Wait()); n != 5 || err != nil {
			t.Errorf("read %d, %v; want 5", n, err)
		}
		return f.Close()
	})
	if nonblocking() {
		t.Error("the file is still non-blocking after Close")
	}
	w.WriteString("again")
	if n, err := r.Read(make([]byte, 10)); n != 5 || err != nil {
		t.Errorf("the *os.File read %d, %v afterwards; want 5", n, err)
	}
}

// Statement 176: who waits to read and who waits to write do not disturb each other.
// CPython, add_reader twice and add_writer: "reader" when a byte comes, of the second registration alone, "writer" when there is room.
func TestC176_ReaderAndWriterAreIndependent(t *testing.T) {
	run(t, func() error {
		a, b := socketFiles(t)
		for unixWrite(a) == nil {
		}
		reader, writer := rt.Spawn0(a.WaitRead), rt.Spawn0(a.WaitWrite)
		turn()
		unix.Write(b.sysfd, []byte("x"))
		if _, err := rt.Await(reader.Wait()); err != nil {
			return err
		}
		if writer.Done() {
			t.Error("a byte to read has ended the wait to write")
		}
		drainAll(b)
		_, err := rt.Await(writer.Wait())
		return err
	})
}

// unixWrite writes to f behind its back.
func unixWrite(f *File) error {
	_, err := unix.Write(f.sysfd, make([]byte, 4096))
	return err
}

// drainAll reads all there is in f behind its back.
func drainAll(f *File) {
	for buf := make([]byte, 64<<10); ; {
		if n, err := unix.Read(f.sysfd, buf); n <= 0 || err != nil {
			return
		}
	}
}

// Statement 178: readiness is a level: WaitRead returns as long as something is there, whoever reads it, and waits when nothing is.
// CPython, add_reader: ready ready ready in 3 iterations, nothing when drained, then ready ready.
func TestC178_ReadinessIsALevel(t *testing.T) {
	run(t, func() error {
		event := eventfd(t)
		count(event, 1)
		for range 3 {
			if err := rt.Await0(event.WaitRead()); err != nil {
				return err
			}
		}
		drainAll(event)
		for range 3 { // waits for each new edge, also if an earlier one was of no use to it
			waiter := rt.Spawn0(event.WaitRead)
			for range 3 {
				turn()
			}
			if waiter.Done() {
				t.Error("WaitRead returned while nothing was there")
			}
			count(event, 1)
			if _, err := rt.Await(waiter.Wait()); err != nil {
				return err
			}
			drainAll(event)
		}
		return nil
	})
}

// Statement 180: a number that is in use is not registered twice, and its owner goes on undisturbed.
// CPython, add_reader: RuntimeError "File descriptor 20 is used by transport ...", and the owner reads hello.
func TestC180_SecondRegistrationIsRefused(t *testing.T) {
	run(t, func() error {
		c, peer := connPair(t)
		reader := rt.Spawn(func() (int, error) { return rt.Await(c.Read(make([]byte, 10))) })
		turn()
		intruder := new(File)
		intruder.init(kindFile, c.sysfd)
		intruder.name("intruder")
		if err := rt.Await0(intruder.WaitRead()); !errors.Is(err, unix.EEXIST) {
			t.Errorf("WaitRead of a descriptor that a Conn has: %v, want EEXIST", err)
		}
		peer.Write([]byte("hello"))
		n, err := rt.Await(reader.Wait())
		if n != 5 {
			t.Errorf("the owner read %d bytes, want 5", n)
		}
		return err
	})
}

// Statement 181: an error and a hangup wake who waits, in the direction where the kernel reports neither data nor room.
// CPython, add_reader and add_writer: reader b"", writer BrokenPipeError.
func TestC181_HangupWakesBothDirections(t *testing.T) {
	run(t, func() error {
		r, w := pipe(t)
		reader := rt.Spawn0(r.WaitRead)
		turn()
		w.Close()
		if _, err := rt.Await(reader.Wait()); err != nil {
			return err
		}
		if n, err := rt.Await(r.Read(make([]byte, 1))); n != 0 || err != io.EOF {
			t.Errorf("Read after the last writer: %d, %v; want io.EOF", n, err)
		}

		r, w = pipe(t)
		for unixWrite(w) == nil {
		}
		writer := rt.Spawn0(w.WaitWrite)
		turn()
		r.Close()
		if _, err := rt.Await(writer.Wait()); err != nil {
			return err
		}
		if _, err := rt.Await(w.Write([]byte("x"))); !errors.Is(err, unix.EPIPE) {
			t.Errorf("Write after the last reader: %v, want EPIPE", err)
		}
		return nil
	})
}

// How waits of a File end, and with which error.
func TestFile_Errors(t *testing.T) {
	type wait struct {
		name string
		do   func(f *File) error
	}
	waits := []wait{
		{"Read", func(f *File) error { _, err := f.Read(make([]byte, 1)); return err }},
		{"WaitRead", func(f *File) error { return f.WaitRead() }},
		{"Write", func(f *File) error { _, err := f.Write(make([]byte, 1<<20)); return err }},
		{"WaitWrite", func(f *File) error {
			for unixWrite(f) == nil {
			}
			return f.WaitWrite()
		}},
	}
	for _, end := range []struct {
		name string
		do   func(f *File)
		want error
	}{
		{"Close", func(f *File) { f.Close() }, os.ErrClosed},
		{"deadline", func(f *File) { f.SetDeadline(time.Unix(1, 0)) }, os.ErrDeadlineExceeded},
	} {
		for _, w := range waits {
			check := func(form string, err error) {
				t.Helper()
				var path *os.PathError
				if !errors.Is(err, end.want) || !errors.As(err, &path) {
					t.Errorf("%s of %s, %s: %v, want a *fs.PathError of %v", form, w.name, end.name, err, end.want)
				}
			}
			run(t, func() error {
				f, _ := socketFiles(t)
				task := rt.Spawn0(func() error { return w.do(f) })
				turn()
				if _, err := rt.Await(rt.Spawn0(func() error { return w.do(f) }).Wait()); !errors.Is(err, ErrBusy) {
					t.Errorf("a second %s: %v, want ErrBusy", w.name, err)
				}
				end.do(f)
				_, err := rt.Await(task.Wait())
				check("a task", err)
				check("afterwards", w.do(f))
				return nil
			})
			f, _ := socketFiles(t)
			within(t, w.name, func() {
				blocked := make(chan error)
				go func() { blocked <- w.do(f) }()
				for f.registered() == nil { // it has not blocked yet
					rt.Blocking0(func(context.Context) error { return nil })
				}
				end.do(f)
				check("a goroutine", <-blocked)
			})
		}
	}
}

// Files can be selected on, and what is not chosen has taken nothing.
func TestFile_Select(t *testing.T) {
	run(t, func() error {
		r, w := pipe(t)
		buf := make([]byte, 10)
		read, ready := r.ReadOp(buf), eventfd(t)
		wait := ready.WaitReadOp()
		task := selecting(read, wait)
		count(ready, 1)
		chosen(t, task, 1)
		if _, err := wait.Result(); err != nil {
			return err
		}
		write := w.WriteOp([]byte("hello"))
		chosen(t, selecting(write), 0)
		if n, err := write.Result(); n != 5 || err != nil {
			t.Errorf("wrote %d, %v; want 5", n, err)
		}
		chosen(t, selecting(read), 0)
		n, err := read.Result()
		if string(buf[:n]) != "hello" {
			t.Errorf("read %q, want hello", buf[:n])
		}
		return err
	})
}

// A terminal and a netlink socket are Files like others.
func TestFile_TerminalAndNetlink(t *testing.T) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	master := mustFile(t, fd, "master")
	run(t, func() error {
		if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
			return err
		}
		number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("/dev/pts/%d", number)
		if fd, err = unix.Open(name, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0); err != nil {
			return err
		}
		terminal := mustFile(t, fd, name)
		line := rt.Spawn(func() (string, error) {
			buf := make([]byte, 100)
			n, err := rt.Await(terminal.Read(buf))
			return string(buf[:n]), err
		})
		turn()
		if _, err := rt.Await(master.Write([]byte("typed\n"))); err != nil {
			return err
		}
		if got, err := rt.Await(line.Wait()); got != "typed\n" || err != nil {
			t.Errorf("the terminal read %q, %v; want the line that was typed", got, err)
		}

		if fd, err = unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE); err != nil {
			return err
		}
		netlink := mustFile(t, fd, "netlink")
		answer := rt.Spawn(func() (int, error) { return rt.Await(netlink.Read(make([]byte, 64<<10))) })
		turn()
		ask := make([]byte, unix.SizeofNlMsghdr+unix.SizeofIfInfomsg)
		binary.NativeEndian.PutUint32(ask[0:], uint32(len(ask)))
		binary.NativeEndian.PutUint16(ask[4:], unix.RTM_GETLINK)
		binary.NativeEndian.PutUint16(ask[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
		if _, err := rt.Await(netlink.Write(ask)); err != nil {
			return err
		}
		n, err := rt.Await(answer.Wait())
		if n < unix.SizeofNlMsghdr {
			t.Errorf("netlink answered %d bytes, want a message", n)
		}
		return err
	})
}
