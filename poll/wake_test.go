//go:build linux

package poll

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A countingPoller counts what its loop asks for.
type countingPoller struct {
	*Poller
	sleeps, wakes atomic.Int64
}

// Prepare is called before each sleep, also if a post that comes just then, and wakes, is seen before the loop waits.
func (p *countingPoller) Prepare() {
	p.sleeps.Add(1)
	p.Poller.Prepare()
}

func (p *countingPoller) Wake() {
	p.wakes.Add(1)
	p.Poller.Wake()
}

// F27: however many goroutines post at once, a sleep is ended once.
func TestF27_OneWakeASleep(t *testing.T) {
	const posters, posts = 8, 2000
	inner, err := NewPoller()
	if err != nil {
		t.Fatal(err)
	}
	p := &countingPoller{Poller: inner}
	l, err := rt.NewLoop(rt.LoopOptions{Poller: p})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ran := 0
	runLoop(t, l, func(post func(f func())) {
		var group sync.WaitGroup
		for range posters {
			group.Go(func() {
				for range posts {
					post(func() { ran++ })
				}
			})
		}
		group.Wait()
	})
	if ran != posters*posts {
		t.Errorf("%d posts ran, want %d", ran, posters*posts)
	}
	if wakes, sleeps := p.wakes.Load(), p.sleeps.Load(); wakes > sleeps {
		t.Errorf("%d wakes for %d sleeps, want at most one each", wakes, sleeps)
	}
}

// F28: wakes that nobody waits for neither fail nor add up: the sleep after the next Prepare lasts until something comes.
func TestF28_WakesDoNotAddUp(t *testing.T) {
	p := newPoller(t)
	a, b := socketPair(t)
	fd := watch(t, p, a)
	p.Wait(0) // that it is writable
	within(t, "Wait", func() {
		for range 100_000 {
			p.Wake()
		}
		p.Prepare()
		fd.sides[reading].ready = false
		go unix.Write(b, []byte("x"))
		p.Wait(-1)
		if !fd.sides[reading].ready {
			t.Error("Wait returned without an event: a wake was left")
		}
	})
}

// TestWakeInABubble: where time is faked, what Wake sets is in the past, too.
func TestWakeInABubble(t *testing.T) {
	within(t, "Wait", func() {
		synctest.Test(t, func(t *testing.T) {
			p := newPoller(t)
			p.Prepare()
			go p.Wake()
			if err := p.Wait(-1); err != nil {
				t.Error(err)
			}
		})
	})
}
