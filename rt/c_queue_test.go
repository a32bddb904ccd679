package rt_test

import (
	"cmp"
	"errors"
	"fmt"
	"testing"

	"github.com/goasync/goasync/rt"
)

// puts is a step that puts v into q, and logs v and what came.
func (w *world) puts(q *rt.Queue[int], v int) step {
	return call0(func() rt.Awaitable[struct{}] { return q.PutAsync(v) }, func() error { return q.Put(v) },
		func(err error) error { w.log("put%d:%s", v, kindOf(err)); return nil })
}

// gets is a step that gets an item from q, and logs what came.
func (w *world) gets(q *rt.Queue[int], name string) step {
	return call(q.GetAsync, q.Get, func(v int, err error) error {
		if err != nil {
			w.log("%s:%s", name, kindOf(err))
			return nil
		}
		w.log("%s:%d", name, v)
		return nil
	})
}

// CPython: put1:nil put2:nil put3:nil a:1 b:2 c:3, put4:nil put5:nil put6:nil d:4 e:5.
func TestC169_QueueIsFIFO(t *testing.T) {
	inBothForms(t, func(w *world) {
		q := rt.NewQueue[int](0)
		w.spawn(w.puts(q, 1), w.puts(q, 2), w.puts(q, 3))
		w.turns(1)
		if q.Len() != 3 {
			w.Errorf("%d items, want 3", q.Len())
		}
		w.spawn(w.gets(q, "a"), w.gets(q, "b"), w.gets(q, "c"), w.gets(q, "d"))
		w.turns(1)
		w.traced("put1:nil put2:nil put3:nil a:1 b:2 c:3")
		// Who waits first gets first.
		w.spawn(w.gets(q, "e"))
		w.turns(1)
		w.spawn(w.puts(q, 4), w.puts(q, 5), w.puts(q, 6))
		w.turns(2)
		w.traced("put4:nil put5:nil put6:nil d:4 e:5")
	})
	// Whatever the order of puts and gets, with all that is done to keep memory small.
	q := rt.NewQueue[int](-1)
	in, out := 0, 0
	for round := range 50 {
		for range (round * 37) % 600 {
			q.TryPut(in)
			in++
		}
		for range (round * 53) % 600 {
			v, ok := q.TryGet()
			if !ok {
				break
			}
			if v != out {
				t.Fatalf("got %d, want %d", v, out)
			}
			out++
		}
		if q.Len() != in-out {
			t.Fatalf("%d items, want %d", q.Len(), in-out)
		}
	}
}

// CPython, Queue(2): QueueEmpty, two puts, QueueFull, 1, 2, QueueEmpty; Queue(0) and Queue(-1) hold 10000.
func TestC170_BoundsOfQueues(t *testing.T) {
	q := rt.NewQueue[int](2)
	if _, ok := q.TryGet(); ok {
		t.Error("an item from an empty queue")
	}
	if !q.TryPut(1) || !q.TryPut(2) || q.TryPut(3) || q.Len() != 2 {
		t.Errorf("%d items in a queue of 2", q.Len())
	}
	for want := 1; want <= 2; want++ {
		if v, ok := q.TryGet(); v != want || !ok {
			t.Errorf("got %d, %v, want %d", v, ok, want)
		}
	}
	if v, ok := q.TryGet(); ok {
		t.Errorf("got %d, which was refused", v)
	}
	for _, unbounded := range []int{0, -1} {
		q := rt.NewQueue[int](unbounded)
		for i := range 10_000 {
			if !q.TryPut(i) {
				t.Fatalf("full with %d items", q.Len())
			}
		}
	}
}

// CPython: put1:nil, a:1 put2:nil, b:2 put3:nil c:3. A put_nowait before the woken put has run takes its room, and the put waits again,
// behind the others; [!] of 173.
func TestC171_PutWaitsForRoom(t *testing.T) {
	inBothForms(t, func(w *world) {
		q := rt.NewQueue[int](1)
		w.spawn(w.puts(q, 1), w.puts(q, 2))
		w.spawn(w.puts(q, 3))
		w.turns(1)
		w.traced("put1:nil")
		w.spawn(w.gets(q, "a"))
		w.turns(1)
		if q.Len() != 1 || q.TryPut(9) {
			w.Error("room that is another's")
		}
		w.turns(1)
		w.traced("a:1 put2:nil")
		w.spawn(w.gets(q, "b"), w.gets(q, "c"), w.gets(q, "d"))
		w.turns(2)
		w.traced("b:2 c:3 put3:nil")
		if !q.TryPut(4) || q.Len() != 0 {
			w.Error("not handed over")
		}
		w.turns(1)
		w.traced("d:4")
	})
}

// CPython: a:canceled b:1; a:canceled, with 2 still in the queue; put4:canceled put5:canceled and an empty queue. Nothing is lost; that who
// is woken has it is [!] of 084.
func TestC172_CancelledGettersAndPutters(t *testing.T) {
	inBothForms(t, func(w *world) {
		q := rt.NewQueue[int](1)
		// Canceled while they wait: nothing is taken.
		a := w.spawn(w.gets(q, "a"))
		w.spawn(w.gets(q, "b"))
		w.turns(1)
		a.Cancel(nil)
		q.TryPut(1)
		w.turns(1)
		w.traced("a:canceled b:1")
		// Canceled when the item is there: it is kept.
		a = w.spawn(w.gets(q, "a"), w.next())
		w.turns(1)
		q.TryPut(2)
		a.Cancel(nil)
		w.turns(1)
		w.traced("a:2 next:canceled")
		// The same for who waits for room.
		q.TryPut(3)
		a = w.spawn(w.puts(q, 4))
		b := w.spawn(w.puts(q, 5), w.next())
		w.turns(1)
		a.Cancel(nil)
		if v, _ := q.TryGet(); v != 3 {
			w.Errorf("got %d, want 3", v)
		}
		b.Cancel(nil)
		w.turns(1)
		w.traced("put4:canceled put5:nil next:canceled")
		if v, _ := q.TryGet(); v != 5 || q.Len() != 0 {
			w.Errorf("got %d, want 5, and %d items are left", v, q.Len())
		}
	})
}

// CPython: get_nowait takes 1, a:2, and barge waits; [!].
func TestC173_ItemGoesToTheFirstThatWaits(t *testing.T) {
	inBothForms(t, func(w *world) {
		q := rt.NewQueue[int](0)
		w.spawn(w.gets(q, "a"))
		w.turns(1)
		q.TryPut(1)
		if v, ok := q.TryGet(); ok {
			w.Errorf("%d was taken from who waited for it", v)
		}
		w.spawn(w.gets(q, "barge"))
		q.TryPut(2)
		w.turns(2)
		w.traced("a:1 barge:2")
	})
}

// Not in CPython 3.11.
func TestC175_CloseOfAQueue(t *testing.T) {
	inBothForms(t, func(w *world) {
		q := rt.NewQueue[int](1)
		w.spawn(w.puts(q, 1), w.puts(q, 2), w.puts(q, 3)) // 2 waits for room
		w.turns(1)
		q.Close()
		q.Close()
		if !q.Closed() || q.TryPut(4) {
			w.Error("open")
		}
		w.turns(1)
		w.traced("put1:nil put2:closed put3:closed")
		// What is left is drained.
		w.spawn(w.gets(q, "a"), w.gets(q, "b"))
		w.turns(1)
		w.traced("a:1 b:closed")
		if _, ok := q.TryGet(); ok {
			w.Error("an item that was not put")
		}
		// Who waits for an item is woken; a cancel that comes then is not lost.
		q = rt.NewQueue[int](1)
		a := w.spawn(w.gets(q, "a"), w.next())
		w.spawn(w.gets(q, "b"))
		w.turns(1)
		q.Close()
		a.Cancel(nil)
		w.turns(1)
		w.traced("a:closed next:canceled b:closed")
		if _, err := rt.RunUntil(w.loop, rt.SpawnOn(w.loop, q.GetAsync())); !errors.Is(err, rt.ErrClosed) {
			w.Errorf("error %v", err)
		}
	})
}

// Not in CPython 3.11.
func TestC175_CloseNowOfAQueue(t *testing.T) {
	inBothForms(t, func(w *world) {
		left := make(map[string][]int)
		for name, q := range map[string]*rt.Queue[int]{
			"FIFO": rt.NewQueue[int](3), "LIFO": rt.NewLIFOQueue[int](3), "priority": rt.NewPriorityQueue(3, cmp.Less[int]),
		} {
			w.spawn(w.puts(q, 1), w.puts(q, 2), w.puts(q, 0), w.puts(q, 4))
			w.spawn(w.puts(q, 5))
			w.spawn(w.joins(q))
			w.turns(1)
			left[name] = q.CloseNow()
			w.turns(1)
			w.traced("put1:nil put2:nil put0:nil put4:closed put5:closed join:nil")
			if !q.Closed() || q.Len() != 0 || q.TryPut(6) {
				w.Errorf("%d items, closed %v", q.Len(), q.Closed())
			}
			w.spawn(w.gets(q, "a"))
			w.turns(1)
			w.traced("a:closed")
			if again := q.CloseNow(); again != nil {
				w.Errorf("left %v", again)
			}
		}
		if got, want := fmt.Sprint(left), "map[FIFO:[1 2 0] LIFO:[0 2 1] priority:[0 1 2]]"; got != want {
			w.Errorf("left %s, want %s", got, want)
		}
		// Items that were got and are not done keep Join waiting; who waits for an item is woken.
		q := rt.NewQueue[int](0)
		w.spawn(w.gets(q, "a"), w.gets(q, "b"))
		w.spawn(w.puts(q, 1), w.joins(q))
		w.turns(2)
		q.CloseNow()
		w.turns(1)
		w.traced("put1:nil a:1 b:closed")
		q.TaskDone()
		w.turns(1)
		w.traced("join:nil")
	})
}
