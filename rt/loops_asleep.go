package rt

import (
	"fmt"
	"slices"
)

// The loops of RunLoops that sleep. A loop on which nothing is ready, and that waits for nothing outside, goes on only when another one
// posts to it. If all of them sleep so, and each has handled all posts, none ever will. That ends the last turns of tasks, and else is
// a deadlock. A loop notes under mu, before it sleeps, how many posts there were, and takes that back before it runs anything again;
// so while mu is locked none of those that are noted runs.

// sleeps notes that l, on which nothing is ready, is about to sleep until a post. If all loops do, none will ever post again: it
// reports true, and wakes reports it to the others.
func (g *loopGroup) sleeps(l *Loop) (over bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	posts, handled := l.door.handled()
	if !handled {
		return g.over
	}
	g.note(l, posts)
	g.end()
	return g.over
}

// note notes that l sleeps.
func (g *loopGroup) note(l *Loop, posts uint64) {
	m := l.member
	m.asleep, m.posts = true, posts
}

// allAsleep reports whether all loops sleep, and nothing is posted to one that it has not handled. One that is closed sleeps. Here and
// below g.mu is locked.
func (g *loopGroup) allAsleep() bool {
	for i, l := range g.loops {
		m := &g.members[i]
		if posts, _ := l.door.handled(); !m.closed && (!m.asleep || posts != m.posts) {
			return false
		}
	}
	return true
}

// wakes notes that l has slept. It reports whether all loops did.
func (g *loopGroup) wakes(l *Loop) (over bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	l.member.asleep = false
	return g.over
}

// held reports whether there is a hold on a loop; it may have come when that slept.
func (g *loopGroup) held() bool {
	return slices.ContainsFunc(g.loops, func(l *Loop) bool { return l.holds.Load() > 0 })
}

// end wakes all loops for good if all sleep in their last turns.
func (g *loopGroup) end() {
	if g.over || !g.last || !g.allAsleep() {
		return
	}
	g.over = true
	for _, l := range g.loops {
		l.Post(func() {})
	}
}

// stuck is called before l sleeps on, whose tasks wait for each other or for other loops. If all loops do, it notes a deadlock on each
// that has tasks, and cancels them; if these do not end then for the same reason, they have their last turns.
func (g *loopGroup) stuck(l *Loop) {
	g.mu.Lock()
	defer g.mu.Unlock()
	posts, handled := l.door.handled()
	if !handled || g.last {
		return
	}
	g.note(l, posts)
	if !g.allAsleep() || g.held() {
		return
	}
	if g.last = g.dead; !g.dead {
		g.dead = true
		for i, l := range g.loops {
			if l.tasks > 0 {
				g.errs = append(g.errs, fmt.Errorf("rt: loop %d: %w", i, &DeadlockError{l.snapshot()}))
			}
		}
	}
	g.cancel()
}
