//go:build linux

package poll

import (
	"errors"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/goasync/goasync/rt"
)

// block waits on the calling goroutine until try has settled what it does in direction d. It calls try at once and then after each
// change of readiness. The caller has found that a system call would block; form names the blocking form for a report of its misuse.
func (fd *descriptor) block(d direction, form string, try func(sysfd int) (settled bool)) error {
	refuseOnLoop(form)
	raw, err := fd.netpolled()
	if err != nil {
		return err
	}
	// Try has a reference, and may close fd or see others do so. The last one may be given back only here: the file cannot be closed
	// within a call of its own, for which Close would wait.
	var closed, last bool
	defer func() {
		if last {
			fd.destroy()
		}
	}()
	call := func(sysfd uintptr) (settled bool) {
		if closed = fd.acquire() != nil; closed {
			return true
		}
		defer func() {
			if last = fd.giveBack(); last && !settled {
				closed, settled = true, true // nobody else is left to wake it
			}
		}()
		return try(int(sysfd))
	}
	if d == reading {
		err = raw.Read(call)
	} else {
		err = raw.Write(call)
	}
	switch {
	case err == nil && !closed:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return os.ErrDeadlineExceeded
	}
	return net.ErrClosed
}

// refuseOnLoop panics if the calling goroutine runs a loop.
func refuseOnLoop(form string) {
	if rt.OnLoop() {
		refuse(form, "in an async function await it, as in rt.Await("+form+"(…)), elsewhere use "+form+"Async")
	}
}

// refuse panics because of a blocking form on a goroutine that runs a loop, and says what to do instead.
func refuse(form, instead string) {
	panic(rt.Misuse("poll: " + form + " would block the loop that runs it; " + instead))
}

// netpolled registers fd in Go's netpoller, once, beside the loop's epoll set. From then on the os.File owns the number.
func (fd *descriptor) netpolled() (syscall.RawConn, error) {
	if err := fd.acquire(); err != nil {
		return nil, err
	}
	defer fd.release()
	x := fd.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.netpoll == nil {
		x.netpoll = &netpollFile{file: os.NewFile(uintptr(fd.sysfd), "socket")}
	}
	p := x.netpoll
	if p.raw != nil {
		return p.raw, nil
	}
	for d := range fd.sides {
		if err := setFileDeadline(p.file, direction(d), timeOf(x.limits[d].deadline.Load())); err != nil {
			return nil, err // Go's netpoller does not take it
		}
	}
	raw, err := p.file.SyscallConn()
	p.raw = raw
	return raw, err
}

// setFileDeadline sets the deadline for blocking forms in direction d.
func setFileDeadline(f *os.File, d direction, t time.Time) error {
	if d == reading {
		return f.SetReadDeadline(t)
	}
	return f.SetWriteDeadline(t)
}

// once makes one attempt of a blocking form on the calling goroutine: call is the system call.
func (fd *descriptor) once(d direction, call func(sysfd int) error) error {
	if fd.expired(d) {
		return fd.tooLate()
	}
	if err := fd.acquire(); err != nil {
		return err
	}
	defer fd.release()
	return call(fd.sysfd)
}

// do is a blocking form on the calling goroutine: it makes the system call, and waits and makes it again while that would block.
func (fd *descriptor) do(d direction, form string, call func(sysfd int) error) error {
	err := fd.once(d, call)
	if err != syscall.EAGAIN {
		return err
	}
	return fd.later(d, form, call)
}

// later is the rest of a blocking form whose first system call would have blocked.
func (fd *descriptor) later(d direction, form string, call func(sysfd int) error) (err error) {
	if wait := fd.block(d, form, func(sysfd int) bool {
		err = call(sysfd)
		return err != syscall.EAGAIN
	}); wait != nil {
		return wait
	}
	return err
}
