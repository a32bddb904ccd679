package rt

import (
	"sync"
	"sync/atomic"
)

// door is where functions from other goroutines wait for the loop. A post costs a lock and, if the loop sleeps and nobody has
// woken it yet, one wake-up.
type door struct {
	full     atomic.Bool // queue is not empty; set under mu, looked at without
	sleeping atomic.Bool // the loop is about to wait, or waits, and nobody has woken it since

	mu             sync.Mutex
	queue          []func()
	posts, wakeups uint64 // so far

	closed bool          // then queue stays empty
	shut   chan struct{} // closed with the loop: for goroutines that wait for something of it

	watchers map[*watcher]struct{} // of calls from other loops that wait for something of it

	spare []func() // the queue before, empty; the loop's
}

// watcher is told when a loop closes before it was taken off.
type watcher struct{ closed func() }

// watch has w told when l closes. It reports false if l is closed.
func (l *Loop) watch(w *watcher) bool {
	d := &l.door
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	if d.watchers == nil {
		d.watchers = make(map[*watcher]struct{})
	}
	d.watchers[w] = struct{}{}
	return true
}

// unwatch takes w off.
func (l *Loop) unwatch(w *watcher) {
	l.door.mu.Lock()
	defer l.door.mu.Unlock()
	delete(l.door.watchers, w)
}

// Post has f called on the loop's goroutine, in the order of posts. It may be called from any goroutine, at any time; on the
// loop's own it keeps the order with CallSoon (statement 019). It returns ErrLoopClosed if f will not be called because the
// loop is closed. A function that was posted and not called when the loop closes is dropped.
func (l *Loop) Post(f func()) error {
	d := &l.door
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return ErrLoopClosed
	}
	d.queue = append(d.queue, f)
	d.posts++
	d.full.Store(true)
	// Under the lock, so that the poller is not closed meanwhile.
	if d.sleeping.Load() && d.sleeping.CompareAndSwap(true, false) {
		d.wakeups++
		l.poller.Wake()
	}
	return nil
}

// drain moves what was posted to q.
func (d *door) drain(q *readyQueue) {
	d.mu.Lock()
	posts := d.queue
	d.queue = d.spare[:0]
	d.full.Store(false)
	d.mu.Unlock()
	for i, f := range posts {
		q.pushCall(posted(f))
		posts[i] = nil
	}
	d.spare = idle(posts)
}

// handled returns how many posts there were, and whether the loop has let all of them in.
func (d *door) handled() (posts uint64, all bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.posts, len(d.queue) == 0
}

func (d *door) close() {
	for w := range d.lock() {
		w.closed() // it may post to other loops
	}
}

// lock closes d, and returns who is to be told.
func (d *door) lock() map[*watcher]struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed, d.queue = true, nil
	d.full.Store(false)
	close(d.shut)
	told := d.watchers
	d.watchers = nil
	return told
}

// blockUntil blocks the calling goroutine, which is no task and runs no loop, until ended (asked on the loop, which registers
// wake to be called at the end if it is not yet) lets it go on. It returns ErrLoopClosed if the loop closes first.
func (l *Loop) blockUntil(ended func(wake func()) bool) error {
	done := make(chan struct{})
	err := l.Post(func() {
		if ended(func() { close(done) }) {
			close(done)
		}
	})
	if err != nil {
		return err
	}
	select {
	case <-done:
		return nil
	case <-l.door.shut:
		select {
		case <-done: // it ended before
			return nil
		default:
			return ErrLoopClosed
		}
	}
}
