package rt

import "testing"

// TestReadyQueueSettles checks that the ring follows what is ready: it grows for a burst, keeps its size while bursts come
// again, and gives the memory back once they do not.
func TestReadyQueueSettles(t *testing.T) {
	q := newReadyQueue()
	const burst = 100_000
	fill := func(n int) {
		for range n {
			q.push(new(Fiber))
		}
		q.begin()
		for !q.empty() {
			q.pop()
		}
	}
	fill(burst)
	grown := len(q.ring)
	if grown < burst {
		t.Fatalf("the ring has %d places for %d", grown, burst)
	}
	for range 50 {
		q.settle()
		fill(burst)
		if len(q.ring) != grown {
			t.Fatalf("the ring went from %d to %d places between bursts", grown, len(q.ring))
		}
	}
	turns := 0
	for ; len(q.ring) > minRing; turns++ {
		q.settle()
		fill(1)
		if turns > 1000 {
			t.Fatalf("the ring still has %d places", len(q.ring))
		}
	}
	t.Logf("back to %d places after %d turns", minRing, turns)
}

// TestCallsKeepTheirOrder checks calls among fibers, and that a queue of calls that never empties does not grow.
func TestCallsKeepTheirOrder(t *testing.T) {
	q := newReadyQueue()
	pushed, called := 0, 0
	push := func() {
		n := pushed
		q.push(new(Fiber))
		q.pushCall(posted(func() {
			if n != called {
				t.Fatalf("call %d came where %d was due", n, called)
			}
			called++
		}))
		pushed++
	}
	for range 10 {
		push()
	}
	for range 100_000 {
		push()
		if q.pop() == nil {
			t.Fatal("a call came where a fiber was due")
		}
		if q.pop() != nil {
			t.Fatal("a fiber came where a call was due")
		}
		q.calls.pop().call()
	}
	if n := cap(q.calls.list); n > 8*minRing {
		t.Errorf("the queue of 10 calls has %d places", n)
	}
}
