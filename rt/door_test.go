package rt

import "testing"

// TestDoorSettles checks that a burst of posts gives its memory back, and that a few keep their room.
func TestDoorSettles(t *testing.T) {
	s := newStage(t)
	post := func(n int) {
		called := 0
		for range n {
			s.Post(func() { called++ })
		}
		s.Stop()
		s.Run()
		if called != n {
			t.Fatalf("%d of %d posts were called", called, n)
		}
	}
	room := func() int { return cap(s.door.queue) + cap(s.door.spare) }
	for range 2 { // in each of the two queues
		post(maxIdleItems / 2)
	}
	few := room()
	if few < maxIdleItems {
		t.Errorf("room for %d posts, want it kept for those that come in every turn", few)
	}
	post(1_000_000)
	if n := room(); n > few {
		t.Errorf("room for %d posts is left of a burst, of %d before", n, few)
	}
}
