//go:build linux

package poll

import (
	"time"

	"github.com/goasync/goasync/rt"
)

// Deadlines are kept by the machine's clock, which all goroutines share. A loop that was given a Clock has another one: it may stand still
// while the machine's goes on, and jump. So a deadline that is set on such a loop is followed, by a timer of the loop from then on, and has
// passed when that says so, whether an operation waits or not.

// A follower waits on a loop with a Clock until a deadline has passed there.
type follower struct {
	loop  *rt.Loop
	timer *rt.Timer
}

// followers are those of the deadlines of both directions; nil: the machine's clock decides.
type followers struct {
	of    [2]*follower
	rooms *rooms // of a PacketConn: blocking writes wait in them
}

// follow has the clock of loop, which runs the caller, decide when the deadline of direction d has passed, and returns that deadline by
// now(). The caller holds x.mu, and x is fd's.
func (fd *descriptor) follow(x *descriptorExtra, d direction, loop *rt.Loop, t time.Time) int64 {
	in := t.Sub(loop.Now())
	if in <= 0 {
		return passed
	}
	if x.followers == nil {
		x.followers = new(followers)
	}
	f := &follower{loop: loop}
	f.timer = loop.CallLater(in, func() { fd.expire(x, d, f) })
	x.followers.of[d] = f
	return never
}

// followIn has a deadline of writes that a loop's clock keeps end the waits in rooms, too.
func (fd *descriptor) followIn(rooms *rooms) {
	x := fd.extra.Load()
	if x == nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.followers != nil {
		x.followers.rooms = rooms
	}
}

// unfollow ends the wait for the deadline of direction d, if there is one. On another loop its timer is left, and finds out. The caller
// holds x.mu.
func (x *descriptorExtra) unfollow(d direction) {
	if x.followers == nil || x.followers.of[d] == nil {
		return
	}
	if f := x.followers.of[d]; f.loop == rt.ClockedLoop() {
		f.timer.Cancel()
	}
	x.followers.of[d] = nil
}

// unfollowAll is unfollow for a descriptor that is closed.
func (fd *descriptor) unfollowAll() {
	x := fd.extra.Load()
	if x == nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.unfollow(reading)
	x.unfollow(writing)
}

// expire is called on the loop of f when the deadline of direction d has passed there.
func (fd *descriptor) expire(x *descriptorExtra, d direction, f *follower) {
	x.mu.Lock()
	if x.followers.of[d] != f { // it has been set anew
		x.mu.Unlock()
		return
	}
	x.followers.of[d] = nil
	x.limits[d].deadline.Store(passed)
	if x.netpoll != nil {
		_ = setFileDeadline(x.netpoll.file, d, pastDeadline)
	}
	rooms := x.followers.rooms
	x.mu.Unlock()
	if d == writing && rooms != nil {
		rooms.stop()
	}
	if fd.waits(d) { // as in close
		fd.post(func() { fd.watchDeadline(d) })
	}
}
