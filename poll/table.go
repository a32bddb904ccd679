//go:build linux

package poll

import (
	"os"
	"sync"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// interest is what every descriptor is registered for: all of it, once, as edges.
const interest = unix.EPOLLIN | unix.EPOLLPRI | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET

// A table knows the owner of each descriptor number in an epoll set. Its methods may be called by any goroutine.
type table struct {
	mu    sync.Mutex
	epfd  int
	slots []slot // by descriptor number
	ended bool   // the epoll descriptor is closed
}

// A slot is one descriptor number.
type slot struct {
	owner      *descriptor
	generation int32 // counts the owners; an event of an earlier one is stale
}

// add registers fd under a new generation. The kernel reports what is ready already as the first event.
func (t *table) add(fd *descriptor) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return rt.ErrLoopClosed
	}
	for fd.sysfd >= len(t.slots) {
		t.slots = append(t.slots, slot{})
	}
	s := &t.slots[fd.sysfd]
	event := unix.EpollEvent{Events: interest, Fd: int32(fd.sysfd), Pad: s.generation + 1}
	if err := unix.EpollCtl(t.epfd, unix.EPOLL_CTL_ADD, fd.sysfd, &event); err != nil {
		return os.NewSyscallError("epoll_ctl", err) // EEXIST: somebody uses this number twice, and the first one goes on
	}
	s.generation++
	s.owner = fd
	return nil
}

// remove ends fd's registration. Its number is still open, so the number has no other owner.
func (t *table) remove(fd *descriptor) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended || t.slots[fd.sysfd].owner != fd {
		return
	}
	t.slots[fd.sysfd].owner = nil
	unix.EpollCtl(t.epfd, unix.EPOLL_CTL_DEL, fd.sysfd, nil) // cannot fail: it was added, and whoever closed it behind our back removed it
}

// ownersOf stores the owner of each event.
func (t *table) ownersOf(events []unix.EpollEvent, owners []*descriptor) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range events {
		owners[i] = t.owner(&events[i])
	}
}

// owner returns whose event this is, nil if it is stale or nobody's. The caller has locked mu.
func (t *table) owner(event *unix.EpollEvent) *descriptor {
	if int(event.Fd) >= len(t.slots) {
		return nil
	}
	s := &t.slots[event.Fd]
	if s.generation != event.Pad {
		return nil
	}
	return s.owner
}

// end forgets all owners: the epoll descriptor is about to be closed.
func (t *table) end() (first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	first = !t.ended
	t.ended = true
	t.slots = nil
	return first
}

// isEnded reports whether the loop of this table has been closed.
func (t *table) isEnded() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended
}
