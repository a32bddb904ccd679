package rt_test

import (
	"flag"
	"sync"
	"testing"

	"github.com/goasync/goasync/rt"
)

// CPython, 100 threads, each started while the loop's select has no timeout, call call_soon_threadsafe: 100 callbacks.
func TestC017_PostWakesTheLoopFromAnyGoroutine(t *testing.T) {
	w := newWorld(t)
	// The loop has nothing to do: it waits until it is woken, and each post comes from a goroutine of its own, started only
	// once the loop waits again.
	const posts = 100
	var post func(n int)
	post = func(n int) {
		w.poller.OnWait(1, func() {
			go func() {
				err := w.loop.Post(func() {
					if n == posts {
						w.loop.Stop()
						return
					}
					post(n + 1)
				})
				if err != nil {
					t.Error(err)
				}
			}()
		})
	}
	post(1)
	if err := w.loop.Run(); err != nil {
		t.Fatal(err)
	}
}

var doorPosts = flag.Int("door.posts", 1000, "how many functions each of 64 goroutines posts at once; F26 asks for 100,000, under the race detector")

// TestC017_NoPostIsLost: 64 goroutines post at once (F26). None is lost, each one's posts come in its order, and the loop, which goes to
// sleep whenever it has caught up, is woken at most once for each sleep (F27).
//
// CPython, 64 threads that call call_soon_threadsafe 1000 times each: 64000 callbacks, none out of its thread's order.
func TestC017_NoPostIsLost(t *testing.T) {
	loop, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	const goroutines = 64
	got := 0
	var stats rt.Stats
	var next [goroutines]int
	for g := range goroutines {
		go func() {
			for i := range *doorPosts {
				err := loop.Post(func() {
					if next[g] != i {
						t.Errorf("goroutine %d: post %d came where %d was due", g, i, next[g])
					}
					next[g]++
					if got++; got == goroutines**doorPosts {
						stats, _ = loop.Stats(t.Context())
						loop.Stop()
					}
				})
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	if err := loop.Run(); err != nil {
		t.Fatal(err)
	}
	if got != goroutines**doorPosts {
		t.Errorf("%d posts ran, want %d", got, goroutines**doorPosts)
	}
	if stats.Posts != uint64(got) || stats.Wakeups > stats.Waits {
		t.Errorf("%d posts of %d are counted, %d wake-ups for %d sleeps", stats.Posts, got, stats.Wakeups, stats.Waits)
	}
}

// countingPoller counts wakes.
type countingPoller struct {
	rt.Poller
	mu    sync.Mutex
	wakes int
	onto  func() // called by Wake
}

func (p *countingPoller) Wake() {
	p.mu.Lock()
	p.wakes++
	p.mu.Unlock()
	if p.onto != nil {
		p.onto()
	}
	p.Poller.Wake()
}

// CPython, 100 calls from a thread while the loop waits: the first is in the queue when the wake is written; 100 writes, a byte for each;
// 300000 more that nobody reads raise nothing.
func TestC018_WakeComesAfterTheCallbackIsQueued(t *testing.T) {
	w := newWorld(t)
	poller := &countingPoller{Poller: w.poller}
	loop, err := rt.NewLoop(rt.LoopOptions{Poller: poller, Clock: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	ran := make(chan bool, 1)
	posted := make(chan struct{})
	w.poller.OnWait(1, func() {
		go func() {
			defer close(posted)
			// Many posts in one sleep of the loop are one wake, and no post fails because one is pending.
			for range 99 {
				if err := loop.Post(func() {}); err != nil {
					t.Error(err)
				}
			}
			if err := loop.Post(func() { ran <- true; loop.Stop() }); err != nil {
				t.Error(err)
			}
		}()
		<-posted // the loop has not returned from its wait
	})
	if err := loop.Run(); err != nil {
		t.Fatal(err)
	}
	<-ran
	if poller.wakes != 1 {
		t.Errorf("%d wakes for 100 posts to a waiting loop, want 1", poller.wakes)
	}

	// What Wake announces is in the queue by then: a loop that looks at once finds it.
	seen := make(chan bool, 1)
	poller.onto = func() { poller.onto = nil; seen <- true }
	w.poller.OnWait(1, func() {
		go func() {
			if err := loop.Post(func() { w.log("post"); loop.Stop() }); err != nil {
				t.Error(err)
			}
		}()
		<-seen // Wake is on its way; the loop goes on without waiting for its return
	})
	if err := loop.Run(); err != nil {
		t.Fatal(err)
	}
	w.traced("post")
}

// CPython, call_soon_threadsafe for Post: | a b c d e.
func TestC019_PostFromTheLoopIsFIFOWithCallSoon(t *testing.T) {
	w := newWorld(t)
	post := func(name string) {
		if err := w.loop.Post(w.logs("%s", name)); err != nil {
			t.Error(err)
		}
	}
	w.loop.CallSoon(func() {
		w.loop.CallSoon(w.logs("a"))
		post("b")
		w.loop.CallSoon(w.logs("c"))
		post("d")
		post("e")
		w.log("|")
	})
	w.turns(2)
	w.traced("| a b c d e")
}

// CPython: call_soon_threadsafe raises RuntimeError 'Event loop is closed' from close() on; _write_to_self() after it raises nothing.
func TestC020_PostWhileAndAfterClosing(t *testing.T) {
	w := newWorld(t)
	begun := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for n := 0; ; n++ {
			switch err := w.loop.Post(func() {}); err {
			case nil:
			case rt.ErrLoopClosed:
				return
			default:
				t.Error(err)
				return
			}
			if n == 0 {
				close(begun)
			}
		}
	}()
	<-begun
	if err := w.loop.Close(); err != nil {
		t.Error(err)
	}
	<-ended
	w.poller.Wake() // a late wake hurts nobody
}
