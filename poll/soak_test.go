//go:build linux

package poll_test

import (
	"flag"
	"sync"
	"testing"
	"time"

	"github.com/goasync/goasync/testdata/hostile"
)

var soak = flag.Duration("soak", 0, "how long TestSoak lets hostile clients loose on a server of each network; 0: not at all")

// soakDescriptors is what the server of a soak has: fewer than its clients.
const soakDescriptors = 256

// TestSoak, which -soak=10m -timeout=0 -parallel=3 asks for, has all hostile clients at once try a server in a process of its own, and then wants the server to
// hold what it held before: no more descriptors, no more goroutines, and no more memory but for what pools and tables have grown by.
func TestSoak(t *testing.T) {
	if *soak == 0 && !asServer(t, soakDescriptors) {
		t.Skip("-soak=10m -timeout=0 -parallel=3 asks for it")
	}
	if *soak == 0 {
		return
	}
	for _, network := range hostile.Networks {
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			p := startProcess(t, "TestSoak", network)
			defer func() {
				if err := p.Close(); err != nil {
					t.Errorf("the server: %v", err)
				}
			}()
			besiege(t, p.Target, time.Now()) // once each, so that what is made once has been made
			before := settled(t, p)
			rounds := besiege(t, p.Target, time.Now().Add(*soak))
			after := settled(t, p)
			t.Logf("%d rounds of clients; before %+v, after %+v", rounds, before, after)
			if after.Descriptors > before.Descriptors || after.Goroutines > before.Goroutines {
				t.Errorf("there are %d descriptors, before %d, and %d goroutines, before %d",
					after.Descriptors, before.Descriptors, after.Goroutines, before.Goroutines)
			}
			if grown := after.Heap - before.Heap; grown > 256<<10 {
				t.Errorf("the heap has grown by %d bytes", grown)
			}
		})
	}
}

// settled returns the status of a server once it serves nobody.
func settled(t *testing.T, p *hostile.Process) (now hostile.Status) {
	t.Helper()
	if err := p.Visit(); err != nil { // it is accepted behind all that wait
		t.Fatal(err)
	}
	until(t, "the end of all handlers", func() bool {
		time.Sleep(10 * time.Millisecond)
		now = status(t, p)
		return now.Handlers == 0
	})
	return now
}

// attacks are what the clients do.
var attacks = map[string]func(to hostile.Target) error{
	"half-closes":  func(to hostile.Target) error { return to.HalfClose(1 << 20) },
	"reads slowly": func(to hostile.Target) error { return to.SlowReader(32 << 20) },
	"connects and resets": func(to hostile.Target) error {
		return to.Churn(100)
	},
	"never reads": func(to hostile.Target) error {
		c, _, err := to.NeverReads(1<<30, 200*time.Millisecond)
		if c != nil {
			hostile.Abort(c)
		}
		return err
	},
	"resets at each step": func(to hostile.Target) error {
		for _, step := range hostile.Steps {
			if err := to.ResetAt(step); err != nil {
				return err
			}
		}
		return nil
	},
	"takes all descriptors": func(to hostile.Target) error {
		conns, err := to.Hold(2 * soakDescriptors)
		time.Sleep(300 * time.Millisecond) // while the others have to do without
		hostile.LetGo(conns)
		time.Sleep(time.Second)
		return err
	},
	"dribbles": func(to hostile.Target) error {
		conns, err := to.Hold(20)
		defer hostile.LetGo(conns)
		for range 20 {
			for _, c := range conns {
				if err := hostile.Ping(c, "x"); err != nil {
					return err
				}
			}
			time.Sleep(20 * time.Millisecond)
		}
		return err
	},
}

// besiege has each client try again until the end, at least once, and returns how often they did together.
func besiege(t *testing.T, to hostile.Target, end time.Time) (rounds int) {
	var mu sync.Mutex
	var clients sync.WaitGroup
	for name, attack := range attacks {
		clients.Go(func() {
			for first := true; first || time.Now().Before(end) && !t.Failed(); first = false {
				if err := attack(to); err != nil {
					t.Errorf("a client that %s: %v", name, err)
				}
				mu.Lock()
				rounds++
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	return rounds
}
