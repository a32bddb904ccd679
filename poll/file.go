//go:build linux

package poll

import (
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A File is whatever else a descriptor may refer to that the kernel can wait for: the end of a pipe, a terminal, an eventfd, a timerfd, an
// inotify or a pidfd, a netlink or a raw socket, a device. It is called as package os calls it, and is an io.ReadWriteCloser; a [Conn]
// knows more of a stream, such as its ends and its addresses.
//
// Who makes the system calls himself, because they are others than read and write, waits with [File.WaitRead] and [File.WaitWrite] for
// the moment to make them, and finds the descriptor through [File.SyscallConn].
//
// As with a Conn, any goroutine may call its blocking forms and its other methods, its async forms belong to one loop at a time, and of
// those one at most waits in each direction; a second one fails with [ErrBusy]. It must be closed.
//
// Its errors are those of package os: io.EOF; otherwise an *fs.PathError around [os.ErrClosed], [os.ErrDeadlineExceeded] or a
// syscall.Errno.
//
// The descriptor is made non-blocking. That concerns everybody who shares it, in other processes too: os.Stdin fails with EAGAIN while
// there is a File of the same terminal. Close makes it what it was before.
type File struct {
	descriptor
}

var _ io.ReadWriteCloser = (*File)(nil)

// NewFile returns a File of a descriptor, which Close closes. The name is for errors. On failure the descriptor is left as it was.
//
// Regular files and directories, and some devices, cannot be waited for, as they are always ready and block in the call instead. The
// error is then EPERM (by errors.Is): read and write them in rt.Blocking.
func NewFile(fd int, name string) (*File, error) {
	fail := func(err error) (*File, error) { return nil, &fs.PathError{Op: "poll", Path: name, Err: err} }
	if err := pollable(fd); err != nil {
		return fail(err)
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil {
		return fail(os.NewSyscallError("fcntl", err))
	}
	f := new(File)
	f.init(kindFile, fd)
	f.name(name)
	if flags&unix.O_NONBLOCK == 0 {
		if err := unix.SetNonblock(fd, true); err != nil {
			return fail(os.NewSyscallError("fcntl", err))
		}
		f.more().reset = true
	}
	return f, nil
}

// FromFile returns a File of what f has open. It duplicates the descriptor: each of the two is to be closed, in either order. See NewFile
// for what cannot be waited for.
func FromFile(f *os.File) (*File, error) {
	number, err := duplicate(func(lend func(fd uintptr)) error { return controlFile(f, lend) })
	if err != nil {
		return nil, &fs.PathError{Op: "poll", Path: f.Name(), Err: err}
	}
	ours, err := NewFile(number, f.Name())
	if err != nil {
		unix.Close(number)
	}
	return ours, err
}

// pollable reports whether the kernel can wait for a descriptor, by trying.
func pollable(sysfd int) error {
	epfd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	defer unix.Close(epfd)
	err = unix.EpollCtl(epfd, unix.EPOLL_CTL_ADD, sysfd, &unix.EpollEvent{Fd: int32(sysfd)})
	if err == unix.EPERM {
		return fmt.Errorf("a file of this kind cannot be waited for: read and write it in rt.Blocking (epoll_ctl: %w)", err)
	}
	return os.NewSyscallError("epoll_ctl", err)
}

// A fileName is the name of a File, where a socket has its address.
type fileName string

func (n fileName) Network() string { return "file" }
func (n fileName) String() string  { return string(n) }

// name gives fd a name.
func (fd *descriptor) name(name string) {
	addr := net.Addr(fileName(name))
	fd.local.Store(&addr)
}

// Name returns what the File was called when it was made.
func (f *File) Name() string { return (*f.local.Load()).String() }

// Close closes the File. Operations that wait fail with [os.ErrClosed]. It does not block.
func (f *File) Close() error { return f.opError("close", f.close()) }

// Read reads what there is, up to len(p) bytes, waiting for the first. At the end, as when the last writer of a pipe has closed it, it
// returns io.EOF. Cancel: lossless.
func (f *File) Read(p []byte) (n int, err error) {
	if rt.InTask() {
		op := new(FileReadOp)
		op.Init(f, p)
		return rt.Block(op)
	}
	err = f.do(reading, "File.Read", func(int) (err error) {
		n, err = f.readSome(p)
		return err
	})
	return n, f.opError("read", err)
}

// ReadAsync is the async form of Read.
func (f *File) ReadAsync(p []byte) rt.Awaitable[int] {
	op := new(FileReadOp)
	op.Init(f, p)
	op.Visible()
	return op
}

// ReadOp returns Read as an operation, for rt.Select.
func (f *File) ReadOp(p []byte) *Waiter[int] {
	return newTransfer(&f.descriptor, reading, "read", func(int) (int, error) { return f.readSome(p) })
}

// A FileReadOp is the operation of [File.Read], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type FileReadOp struct{ readOp }

// Init prepares a Read of f into p.
func (op *FileReadOp) Init(f *File, p []byte) { op.prepare(&f.descriptor, p) }

// Start begins the operation.
func (op *FileReadOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *FileReadOp) Resume(fb *rt.Fiber) (done bool) {
	if !op.proceed(fb) || op.try(fb) || !op.park(fb, op) {
		op.p = nil
		return op.finish("read")
	}
	return op.Suspend(1)
}

// Write writes all of p, waiting as often as there is no room. If it fails, the first n bytes have been written. Cancel: returns the n
// written so far, so that a caller can go on with p[n:].
func (f *File) Write(p []byte) (n int, err error) {
	if rt.InTask() {
		op := new(FileWriteOp)
		op.Init(f, p)
		return rt.Block(op)
	}
	defer f.lockWrites("File.Write").Unlock()
	err = f.do(writing, "File.Write", func(int) error {
		k, err := f.sendAll(p[n:])
		n += k
		return err
	})
	return n, f.opError("write", err)
}

// WriteAsync is the async form of Write.
func (f *File) WriteAsync(p []byte) rt.Awaitable[int] {
	op := new(FileWriteOp)
	op.Init(f, p)
	op.Visible()
	return op
}

// WriteOp returns an operation, for rt.Select, that writes as much of p as there is room for, a byte at least; see [Conn.WriteOp].
func (f *File) WriteOp(p []byte) *Waiter[int] {
	return newTransfer(&f.descriptor, writing, "write", func(int) (int, error) { return f.writeSome(p) })
}

// A FileWriteOp is the operation of [File.Write], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type FileWriteOp struct{ writeOp }

// Init prepares a Write of p to f.
func (op *FileWriteOp) Init(f *File, p []byte) { op.prepare(&f.descriptor, p) }

// Start begins the operation.
func (op *FileWriteOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *FileWriteOp) Resume(fb *rt.Fiber) (done bool) {
	if !op.proceed(fb) || op.try(fb) || !op.park(fb, op) {
		op.p = nil
		return op.finish("write")
	}
	return op.Suspend(1)
}

// SetDeadline sets the deadline of what waits for f, in both directions and both forms, as [Conn.SetDeadline] does.
func (f *File) SetDeadline(t time.Time) error {
	if err := f.SetReadDeadline(t); err != nil {
		return err
	}
	return f.SetWriteDeadline(t)
}

// SetReadDeadline sets the deadline of Read and WaitRead alone.
func (f *File) SetReadDeadline(t time.Time) error { return f.opError("set", f.setDeadline(reading, t)) }

// SetWriteDeadline sets the deadline of Write and WaitWrite alone.
func (f *File) SetWriteDeadline(t time.Time) error {
	return f.opError("set", f.setDeadline(writing, t))
}
