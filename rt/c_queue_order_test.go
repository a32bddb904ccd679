package rt_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
)

// joins is a step that waits until the items of q are done, and logs what came.
func (w *world) joins(q *rt.Queue[int]) step {
	return call0(q.JoinAsync, q.Join, func(err error) error { w.log("join:%s", kindOf(err)); return nil })
}

// CPython: put1:nil put2:nil a:2 b:1, put3:nil c:3, put4:nil d:4; 3 waits for its task, which is [!] of 173.
func TestC169_LIFOQueueIsLIFO(t *testing.T) {
	inBothForms(t, func(w *world) {
		q := rt.NewLIFOQueue[int](2)
		w.spawn(w.puts(q, 1), w.puts(q, 2), w.puts(q, 3))
		w.turns(1)
		w.spawn(w.gets(q, "a"), w.gets(q, "b"), w.gets(q, "c"), w.gets(q, "d"))
		w.turns(1)
		// Room is handed over: 3 is in as soon as 2 is out, and newer than 1.
		w.traced("put1:nil put2:nil a:2 b:3 c:1")
		w.turns(1)
		w.traced("put3:nil")
		w.spawn(w.puts(q, 4))
		w.turns(2)
		w.traced("put4:nil d:4")
	})
}

// CPython: put5:nil put3:nil put4:nil a:3 b:4 c:5, put1:nil put2:nil d:1 e:2, put7:nil put6:nil f:6; who waits is handed nothing there, [!]
// of 173.
func TestC169_PriorityQueueReturnsTheLeast(t *testing.T) {
	inBothForms(t, func(w *world) {
		q := rt.NewPriorityQueue(3, cmp.Less[int])
		w.spawn(w.puts(q, 5), w.puts(q, 3), w.puts(q, 4), w.puts(q, 1))
		w.spawn(w.puts(q, 2))
		w.turns(1)
		w.spawn(w.gets(q, "a"), w.gets(q, "b"), w.gets(q, "c"), w.gets(q, "d"), w.gets(q, "e"), w.gets(q, "f"))
		w.turns(1)
		w.traced("put5:nil put3:nil put4:nil a:3 b:1 c:2 d:4 e:5")
		w.turns(1)
		w.traced("put1:nil put2:nil")
		w.spawn(w.puts(q, 7), w.puts(q, 6))
		w.turns(2)
		w.traced("put7:nil put6:nil f:7")
	})
}

// Whatever the order of puts and gets, an item that leaves is the oldest of the least.
func TestPriorityQueueIsFairAmongEquals(t *testing.T) {
	type item struct{ rank, number int }
	random := rand.New(rand.NewPCG(1, 2))
	q := rt.NewPriorityQueue(0, func(a, b item) bool { return a.rank < b.rank })
	var model []item // sorted
	put := 0
	for round := range 60 {
		for range random.IntN(2 + round*round%900) {
			v := item{random.IntN(8), put}
			put++
			q.TryPut(v)
			at, _ := slices.BinarySearchFunc(model, v, func(a, b item) int {
				return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.number, b.number))
			})
			model = slices.Insert(model, at, v)
		}
		for range random.IntN(2 + len(model)) {
			v, ok := q.TryGet()
			if !ok || v != model[0] {
				t.Fatalf("got %v, %v, want %v", v, ok, model[0])
			}
			model = model[1:]
			if len(model) == 0 {
				break
			}
		}
		if q.Len() != len(model) {
			t.Fatalf("%d items, want %d", q.Len(), len(model))
		}
	}
	for _, want := range model {
		if v, ok := q.TryGet(); v != want || !ok {
			t.Fatalf("got %v, %v, want %v", v, ok, want)
		}
	}
	if v, ok := q.TryGet(); ok {
		t.Errorf("got %v, which was got before", v)
	}
}

// CPython, LifoQueue(2) and PriorityQueue(2): QueueEmpty, puts of 2 and 1, QueueFull, 1, 2, QueueEmpty.
func TestC170_BoundsOfOrderedQueues(t *testing.T) {
	for name, q := range map[string]*rt.Queue[int]{"LIFO": rt.NewLIFOQueue[int](2), "priority": rt.NewPriorityQueue(2, cmp.Less[int])} {
		for range 3 {
			if _, ok := q.TryGet(); ok {
				t.Errorf("%s: an item from an empty queue", name)
			}
			if !q.TryPut(2) || !q.TryPut(1) || q.TryPut(3) || q.Len() != 2 {
				t.Errorf("%s: %d items in a queue of 2", name, q.Len())
			}
			for want := 1; want <= 2; want++ {
				if v, ok := q.TryGet(); v != want || !ok {
					t.Errorf("%s: got %d, %v, want %d", name, v, ok, want)
				}
			}
		}
	}
	for name, q := range map[string]*rt.Queue[int]{"LIFO": rt.NewLIFOQueue[int](0), "priority": rt.NewPriorityQueue(-1, cmp.Less[int])} {
		for i := range 10_000 {
			if !q.TryPut(i) {
				t.Fatalf("%s: full with %d items", name, q.Len())
			}
		}
	}
}

// CPython: join:nil, put1:nil, join:canceled put2:nil, nothing, ValueError "task_done() called too many times", join:nil join:nil at_last,
// a:3, join:canceled next:nil; the last one is [!] of 084.
func TestC174_JoinWaitsUntilAllIsDone(t *testing.T) {
	inBothForms(t, func(w *world) {
		q := rt.NewQueue[int](1)
		w.spawn(w.joins(q)) // of an empty queue
		w.turns(1)
		w.traced("join:nil")
		w.spawn(w.puts(q, 1), w.puts(q, 2), w.joins(q), w.says("at_last"))
		canceled := w.spawn(w.joins(q))
		w.spawn(w.joins(q))
		w.turns(1)
		w.traced("put1:nil")
		canceled.Cancel(nil)
		q.TryGet() // and so 2 is in
		w.turns(1)
		w.traced("join:canceled put2:nil")
		q.TaskDone()
		q.TryGet()
		w.turns(2)
		w.traced("")
		if misuse(w, func() { q.TaskDone(); q.TaskDone() }); q.InLine() != 0 {
			w.Errorf("%d in line", q.InLine())
		}
		w.turns(1)
		w.traced("join:nil join:nil at_last")
		// An item that is handed over counts, and a cancel that comes after the last TaskDone is the next await's.
		w.spawn(w.gets(q, "a"))
		w.turns(1)
		q.TryPut(3)
		last := w.spawn(w.joins(q), w.next())
		w.turns(1)
		w.traced("a:3")
		q.TaskDone()
		last.Cancel(nil)
		w.turns(1)
		w.traced("join:nil next:canceled")
	})
}

func ExampleNewPriorityQueue() {
	type job struct {
		name  string
		after int
	}
	jobs := rt.NewPriorityQueue(0, func(a, b job) bool { return a.after < b.after })
	err := rt.Run0(func() error {
		for _, j := range []job{{"clean", 3}, {"build", 1}, {"test", 2}, {"vet", 1}} {
			if err := jobs.Put(j); err != nil {
				return err
			}
		}
		jobs.Close()
		for {
			j, err := jobs.Get()
			if err == rt.ErrClosed {
				return nil
			}
			if err != nil {
				return err
			}
			fmt.Println(j.name)
		}
	})
	fmt.Println(err)
	// Output:
	// build
	// vet
	// test
	// clean
	// <nil>
}

func ExampleQueue_Join() {
	words := rt.NewQueue[string](1)
	err := rt.Run0(func() error {
		rt.Spawn0(func() error {
			for {
				word, err := words.Get()
				if err != nil {
					return err
				}
				fmt.Println(word)
				words.TaskDone()
			}
		})
		for _, word := range []string{"one", "two"} {
			if err := words.Put(word); err != nil {
				return err
			}
		}
		return words.Join() // the worker is cancelled when Run's function has returned
	})
	fmt.Println(err)
	// Output:
	// one
	// two
	// <nil>
}
