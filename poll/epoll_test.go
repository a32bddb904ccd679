//go:build linux

package poll

import (
	"errors"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

func newPoller(t testing.TB) *Poller {
	t.Helper()
	p, err := NewPoller()
	if err != nil {
		t.Fatal(err)
	}
	if p.loop, err = rt.NewLoop(rt.LoopOptions{Poller: p}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.loop.Close() })
	return p
}

// socketPair returns two connected non-blocking sockets, closed when the test ends.
func socketPair(t testing.TB) (a, b int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		unix.Close(fds[0])
		unix.Close(fds[1])
	})
	return fds[0], fds[1]
}

// watch registers a socket with p by hand.
func watch(t testing.TB, p *Poller, sysfd int) *descriptor {
	t.Helper()
	fd := new(descriptor)
	fd.init(kindTCP, sysfd)
	if err := p.add(fd); err != nil {
		t.Fatal(err)
	}
	fd.home.Store(p)
	return fd
}

// A miniLoop posts to a Poller by the protocol of a loop.
type miniLoop struct {
	p        *Poller
	sleeping atomic.Bool
	mu       sync.Mutex
	queue    []func()
	wakes    atomic.Int64
}

func (l *miniLoop) post(f func()) {
	l.mu.Lock()
	l.queue = append(l.queue, f)
	l.mu.Unlock()
	if l.sleeping.CompareAndSwap(true, false) {
		l.wakes.Add(1)
		l.p.Wake()
	}
}

func (l *miniLoop) take() []func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := l.queue
	l.queue = nil
	return q
}

// turn waits and runs what was posted.
func (l *miniLoop) turn(timeout time.Duration) error {
	l.p.Prepare()
	l.sleeping.Store(true)
	q := l.take()
	if len(q) > 0 {
		timeout = 0
	}
	err := l.p.Wait(timeout)
	l.sleeping.Store(false)
	for _, f := range append(q, l.take()...) {
		f()
	}
	return err
}

// TestF26_NoWakeIsLost posts from several goroutines, each waiting for its post, while sockets and timeouts end waits too.
func TestF26_NoWakeIsLost(t *testing.T) {
	const posters, posts, sockets = 4, 4000, 4
	l := &miniLoop{p: newPoller(t)}
	var ends [sockets]int
	for i := range ends {
		a, b := socketPair(t)
		watch(t, l.p, a)
		ends[i] = b
	}
	within(t, "the storm", func() {
		var group sync.WaitGroup
		for i := range posters {
			group.Go(func() {
				for n := range posts {
					done := make(chan struct{})
					l.post(func() { close(done) })
					<-done
					if n%4 == 0 {
						unix.Write(ends[i], []byte("x")) // a full buffer is as good
					}
					for range rand.IntN(100) {
						runtime.Gosched()
					}
				}
			})
		}
		finished := false
		go func() {
			group.Wait()
			l.post(func() { finished = true })
		}()
		for !finished {
			timeout := time.Duration(-1)
			switch rand.IntN(3) {
			case 0:
				timeout = rand.N(200 * time.Microsecond)
			case 1:
				timeout = time.Hour
			}
			if err := l.turn(timeout); err != nil {
				t.Error(err)
				return
			}
		}
	})
	t.Logf("%d posts, %d wakes", posters*posts, l.wakes.Load())
}

// TestF26_OnePoster has nothing but the posts to wake the loop, so that a lost one hangs.
func TestF26_OnePoster(t *testing.T) {
	const posts = 20000
	l := &miniLoop{p: newPoller(t)}
	within(t, "a post", func() {
		finished := false
		go func() {
			for n := range posts {
				done := make(chan struct{})
				l.post(func() { close(done) })
				<-done
				for x := 0; x < n%400; x++ { // meet the loop at each point of its way to sleep
				}
			}
			l.post(func() { finished = true })
		}()
		for !finished {
			if err := l.turn(-1); err != nil {
				t.Error(err)
				return
			}
		}
	})
	if w := l.wakes.Load(); w > posts+1 {
		t.Errorf("%d wakes for %d posts, want at most one each", w, posts)
	}
}

// runLoop runs l in the test's goroutine while post, on another one, posts to it; the last post ends the run.
func runLoop(t *testing.T, l *rt.Loop, post func(post func(f func()))) {
	t.Helper()
	within(t, "a post", func() {
		go func() {
			post(func(f func()) {
				if err := l.Post(f); err != nil {
					t.Error(err)
				}
			})
			l.Post(l.Stop)
		}()
		if err := l.Run(); err != nil {
			t.Error(err)
		}
	})
}

// TestF26_LoopOnePoster is TestF26_OnePoster with the loop that programs run.
func TestF26_LoopOnePoster(t *testing.T) {
	const posts = 20000
	runLoop(t, newPoller(t).loop, func(post func(f func())) {
		for n := range posts {
			done := make(chan struct{})
			post(func() { close(done) })
			<-done
			for x := 0; x < n%400; x++ { // as there
			}
		}
	})
}

// TestF26_LoopNoWakeIsLost is TestF26_NoWakeIsLost with the loop that programs run: timers and sockets end its waits as well.
func TestF26_LoopNoWakeIsLost(t *testing.T) { losesNoWake(t, 4000) }

// TestF26_ManyLoops: the same with four loops at once, whose pollers share Go's netpoller.
func TestF26_ManyLoops(t *testing.T) {
	for n := range 4 {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			losesNoWake(t, 500)
		})
	}
}

// losesNoWake posts to a loop from several goroutines, each waiting for its call, while a socket and timers wake it too.
func losesNoWake(t *testing.T, posts int) {
	const posters = 4
	p := newPoller(t)
	l := p.loop
	a, b := socketPair(t)
	watch(t, p, a)
	var tick func()
	tick = func() { l.CallLater(rand.N(200*time.Microsecond), tick) }
	tick()
	runLoop(t, l, func(post func(f func())) {
		var group sync.WaitGroup
		for range posters {
			group.Go(func() {
				for n := range posts {
					done := make(chan struct{})
					post(func() { close(done) })
					<-done
					if n%4 == 0 {
						unix.Write(b, []byte("x"))
					}
					for range rand.IntN(100) {
						runtime.Gosched()
					}
				}
			})
		}
		group.Wait()
	})
}

func TestPoller_ClosedWhileParked(t *testing.T) {
	p := newPoller(t)
	within(t, "Wait", func() {
		go p.Close()
		for range 2 { // also when it is called after that
			if err := p.Wait(-1); !errors.Is(err, os.ErrClosed) {
				t.Errorf("Wait of a closed Poller: %v, want os.ErrClosed", err)
			}
		}
	})
	if err := p.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

// TestPoller_DescriptorReplaced: what somebody does to the epoll descriptor behind the Poller's back is an error of Wait, which
// neither spins nor parks for ever.
func TestPoller_DescriptorReplaced(t *testing.T) {
	p := newPoller(t)
	null, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(null)
	p.raw.Control(func(fd uintptr) { err = unix.Dup3(null, int(fd), unix.O_CLOEXEC) })
	if err != nil {
		t.Fatal(err)
	}
	within(t, "Wait", func() {
		for _, timeout := range []time.Duration{0, -1} {
			p.Prepare()
			if err := p.Wait(timeout); !errors.Is(err, unix.EINVAL) {
				t.Errorf("Wait(%v) on a descriptor that is no epoll instance: %v, want EINVAL", timeout, err)
			}
		}
	})
}

// TestPoller_Prepare: a wake counts from Prepare on, and what a late one leaves behind is forgotten.
func TestPoller_Prepare(t *testing.T) {
	p := newPoller(t)
	a, b := socketPair(t)
	fd := watch(t, p, a)
	p.Wait(0) // that it is writable
	within(t, "Wait", func() {
		p.Prepare()
		p.Wake()
		p.Wait(-1)
		p.Wake() // late: nobody waits
		for range 3 {
			p.Prepare()
			fd.sides[reading].ready = false
			go unix.Write(b, []byte("x"))
			p.Wait(-1)
			if !fd.sides[reading].ready {
				t.Error("Wait returned without an event: the late wake was not forgotten")
			}
		}
	})
}

// TestF19_WokenWaitStillPolls: sockets do not starve behind a stream of posts.
func TestF19_WokenWaitStillPolls(t *testing.T) {
	p := newPoller(t)
	a, b := socketPair(t)
	fd := watch(t, p, a)
	p.Wait(0)
	fd.sides[reading].ready = false
	unix.Write(b, []byte("x"))
	p.Prepare()
	p.Wake()
	p.Wait(-1)
	if !fd.sides[reading].ready {
		t.Error("a Wait that was woken did not poll")
	}
}

// TestPoller_MoreThanOneBatch: what did not fit is collected by the next Wait, which must not park first.
func TestPoller_MoreThanOneBatch(t *testing.T) {
	p := newPoller(t)
	const sockets = maxEvents + 20
	fds := make([]*descriptor, sockets)
	for i := range fds {
		a, b := socketPair(t)
		fds[i] = watch(t, p, a)
		unix.Write(b, []byte("x"))
	}
	within(t, "Wait", func() {
		for n := 0; n < sockets; n += p.collected {
			p.Prepare()
			p.Wait(-1)
		}
	})
	p.Wait(0)
	if p.collected != 0 {
		t.Errorf("%d events were reported twice", p.collected)
	}
}

// TestF23_Timeout: a wait ends by its timeout, not before, and with few calls.
func TestF23_Timeout(t *testing.T) {
	p := newPoller(t)
	within(t, "Wait", func() {
		for range 200 {
			d := rand.N(300*time.Microsecond) + 1
			begin := time.Now()
			waits := 0
			for time.Since(begin) < d {
				p.Prepare()
				p.Wait(max(0, d-time.Since(begin)))
				waits++
			}
			if waits > 3 { // one that an earlier timer ended, one that is early by the slack, the last
				t.Errorf("%d waits for one timeout of %v", waits, d)
			}
		}
	})
}

// TestF21_Timeouts at the limits of the type.
func TestF21_Timeouts(t *testing.T) {
	p := newPoller(t)
	within(t, "Wait", func() {
		for _, d := range []time.Duration{1<<63 - 1, time.Hour, -1, -1 << 63} {
			p.Prepare()
			go p.Wake()
			if err := p.Wait(d); err != nil {
				t.Errorf("Wait(%v): %v", d, err)
			}
		}
		p.Prepare()
		p.Wait(1) // a nanosecond: 0 would switch the timer off
	})
}

// TestPoller_KeepsFair: a loop that is always busy lets Go's scheduler in after a millisecond.
func TestPoller_KeepsFair(t *testing.T) {
	p := newPoller(t)
	p.Wait(0)
	if p.busySince == 0 {
		t.Fatal("a Wait that did not park is not counted as busy")
	}
	p.busySince = now() - busyFor
	within(t, "Wait", func() { p.Wait(0) })
	if p.busySince != 0 || p.calls < 2 {
		t.Errorf("after a busy millisecond Wait did not park")
	}
	p.busySince = now() - busyFor
	p.Prepare()
	p.Wake()
	within(t, "Wait", func() { p.Wait(0) }) // a wake must not keep it from parking either
	if p.calls < 2 {
		t.Error("a wake kept Wait from parking")
	}
}

// TestPoller_BusyLoopDoesNotStarve: with one P, goroutines that wait for descriptors get their turn beside a loop that never idles.
func TestPoller_BusyLoopDoesNotStarve(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p := newPoller(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	const messages = 50
	var received atomic.Int64
	go func() {
		b := make([]byte, 1)
		for range messages {
			if _, err := r.Read(b); err != nil {
				t.Error(err)
			}
			received.Add(1)
		}
	}()
	turns := 0
	for sent := range int64(messages) {
		w.Write([]byte("x"))
		for ; received.Load() == sent; turns++ {
			p.Wait(0)
		}
	}
	t.Logf("%d turns a message", turns/messages)
}

// TestF13_StaleEventAfterCloseAndReuse: an event that was collected for one descriptor does not reach the next owner of its number,
// also not within the same batch.
func TestF13_StaleEventAfterCloseAndReuse(t *testing.T) {
	p := newPoller(t)
	ours, peer := socketPair(t)
	number, err := unix.Dup(ours)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := socketPair(t)
	first := watch(t, p, number)
	p.Wait(0)
	unix.Write(peer, []byte("x"))
	if !p.pollOnce(0) {
		t.Fatal("no event")
	}
	// What an earlier event of the same batch may lead to.
	if err := first.close(); err != nil {
		t.Fatal(err)
	}
	again, err := unix.FcntlInt(uintptr(other), unix.F_DUPFD_CLOEXEC, number)
	if err != nil || again != number {
		t.Fatalf("the number was not used again: %d, %d: %v", number, again, err)
	}
	second := watch(t, p, number)
	defer second.close()
	p.dispatch()
	if second.sides[reading].ready || second.sides[writing].ready {
		t.Error("the new owner of the number got the old event")
	}
	p.Wait(0)
	if !second.sides[writing].ready {
		t.Error("the new owner did not get its own event")
	}
}

// TestF15_DuplicateKeepsNoRegistration: what a duplicate of a closed descriptor receives wakes nobody.
func TestF15_DuplicateKeepsNoRegistration(t *testing.T) {
	p := newPoller(t)
	ours, peer := socketPair(t)
	number, err := unix.Dup(ours) // ours stays open, and is the same socket
	if err != nil {
		t.Fatal(err)
	}
	fd := watch(t, p, number)
	p.Wait(0)
	fd.close()
	unix.Write(peer, []byte("x"))
	p.Wait(0)
	if p.collected != 0 {
		t.Error("an event of a closed descriptor was reported")
	}
}
