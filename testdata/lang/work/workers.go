package work

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// WorkersPoll takes jobs from a channel while there are some, and waits
// otherwise.
//
// async
func WorkersPoll(w *harness.World) (s string, err error) {
	jobs, quit := make(chan int, 8), make(chan struct{})
	jobs <- 3
	jobs <- 1
	idle := 0
	for {
		select {
		case n, ok := <-jobs:
			if !ok {
				return fmt.Sprint(s, "closed", idle), nil
			}
			v, err := rt.Await(w.Get(n))
			if err != nil && idle == 0 {
				jobs <- n // again
				idle++
				continue
			}
			if s += fmt.Sprint(v, " "); v > 1 {
				jobs <- v - 1
			}
		case <-quit:
			return s + "quit", nil
		default:
			if idle++; idle > 2 {
				close(jobs)
				break
			}
			if err := rt.Await0(w.Do("idle")); err != nil {
				close(quit)
			}
		}
	}
}

// WorkersFan sends results to several buffered channels, whichever has room.
//
// async
func WorkersFan(w *harness.World) (s string, err error) {
	a, b := make(chan int, 2), make(chan int, 1)
	lost := 0
	for i := range 4 {
		v := num(rt.Await(w.Get(i + 1)))
		select {
		case a <- v:
			if rt.Await0(w.Do("a")) != nil {
				s += "!"
			}
		default:
			select {
			case b <- v * 10:
				s += fmt.Sprint("b", num(rt.Await(w.Get(v))), " ")
			default:
				lost += v
			}
		}
	}
	close(a)
	for v := range a {
		s += fmt.Sprint(v, num(rt.Await(w.Get(v))), ",")
	}
	return fmt.Sprint(s, <-b, lost), nil
}

// WorkersPipeline runs three stages over slices of functions.
//
// async
func WorkersPipeline(w *harness.World) (string, error) {
	var trace []string
	stages := []func(int) (int, bool){
		func(n int) (int, bool) { return n + 1, true },
		func(n int) (int, bool) { return n, n%2 == 0 },
		func(n int) (int, bool) { trace = append(trace, fmt.Sprint(n)); return n * n, true },
	}
	out := []int{}
items:
	for _, n := range []int{1, 2, 3, 4} {
		for i, stage := range stages {
			var ok bool
			if n, ok = stage(n); !ok {
				continue items
			}
			if err := rt.Await0(w.Do(fmt.Sprint(n, " at ", i))); err != nil {
				n = -n
			}
		}
		out = append(out, n)
	}
	return fmt.Sprint(out, trace), nil
}

type handler func(args []string) (string, error)

// WorkersDispatch finds handlers in a table, and awaits around them.
//
// async
func WorkersDispatch(w *harness.World) (s string, err error) {
	store := map[string]string{}
	table := map[string]struct {
		args int
		run  handler
	}{
		"get": {1, func(a []string) (string, error) { return store[a[0]], nil }},
		"set": {2, func(a []string) (string, error) { store[a[0]] = a[1]; return "ok", nil }},
		"err": {0, func([]string) (string, error) { return "", fmt.Errorf("asked") }},
	}
	for _, line := range []string{"set x 1", "get x", "get", "err", "what"} {
		words := strings.Fields(line)
		h, ok := table[words[0]]
		reply := "unknown"
		switch args := words[1:]; {
		case !ok:
		case len(args) != h.args:
			reply = fmt.Sprint("want ", h.args)
		case rt.Await0(w.Do(line)) != nil:
			reply = "unavailable"
		default:
			if r, err := h.run(args); err != nil {
				reply = err.Error()
			} else if r, err = rt.Await(w.Text(r)); err == nil {
				reply = r
			}
		}
		s += reply + "; "
	}
	return s, nil
}

type plugin interface {
	name() string
	init(n int) error
}

type base struct{ inits int }

func (b *base) init(n int) error { b.inits += n; return nil }

type auth struct {
	base
	users []string
}

func (*auth) name() string { return "auth" }

type stats struct {
	*base
	name2 string
}

func (s stats) name() string { return s.name2 }

func (s stats) init(n int) error {
	if n > 2 {
		return fmt.Errorf("%s: %d", s.name2, n)
	}
	return s.base.init(n * 10)
}

// WorkersPlugins calls methods of embedded structs through an interface.
//
// async
func WorkersPlugins(w *harness.World) (s string, err error) {
	shared := &base{}
	list := []plugin{&auth{users: []string{"u"}}, stats{shared, "stats"}, stats{shared, "more"}}
	start := plugin.init
	for i, p := range list {
		if err := start(p, num(rt.Await(w.Get(i+1)))); err != nil {
			s += err.Error() + " "
			continue
		}
		switch p := p.(type) {
		case *auth:
			p.users = append(p.users, "v")
			rt.Await0(w.Do(p.name()))
			s += fmt.Sprint(p.inits, p.users, " ")
		case stats:
			name := p.name
			p.name2 = "changed"
			rt.Await0(w.Do(name()))
			s += fmt.Sprint(name(), p.name(), p.inits, " ")
		}
	}
	return s, nil
}

// WorkersBatch groups items, and flushes when a batch is full and at the end.
//
// async
func WorkersBatch(w *harness.World) (s string, err error) {
	var batch []string
	flushed := 0
	for i, word := range strings.Fields("a bb c dd e") {
		batch = append(batch, word)
		if len(batch) < 2 && i < 4 {
			continue
		}
		if err := rt.Await0(w.Do(strings.Join(batch, "+"))); err != nil {
			if len(batch) < 4 {
				continue // with the next ones
			}
			slices.Reverse(batch)
		}
		s += fmt.Sprint(batch)
		flushed += len(batch)
		batch = batch[:0]
	}
	return fmt.Sprint(s, flushed, len(batch)), nil
}

type job struct{ at, tries int }

// WorkersPriority keeps a heap of jobs, some of which come back later.
//
// async
func WorkersPriority(w *harness.World) (s string, err error) {
	heap := []job{{5, 0}, {1, 0}, {3, 0}}
	pop := func() (j job) {
		at := 0
		for i := range heap {
			if heap[i].at < heap[at].at {
				at = i
			}
		}
		j = heap[at]
		heap = slices.Delete(heap, at, at+1)
		return j
	}
	for now := 0; len(heap) > 0; now++ {
		if heap[0].at < 0 {
			break
		}
		j := pop()
		now = max(now, j.at)
		if _, err := rt.Await(w.Get(now)); err != nil && j.tries < 2 {
			heap = append(heap, job{now + 2, j.tries + 1})
			s += "-"
			continue
		}
		s += fmt.Sprint(j.at, "@", now, " ")
	}
	return s, nil
}
