// Package work holds programs as services have them: retries, state machines,
// caches, clean-up, workers and dispatch.
package work

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// num is an operation's value, 0 if it failed.
func num(v int, err error) int {
	if err != nil {
		return 0
	}
	return v
}

// RetryBackoff tries again with longer and longer pauses, but not for every
// error.
//
// async
func RetryBackoff(w *harness.World) (s string, err error) {
	wait := 1
	for try := 1; ; try++ {
		v, err := rt.Await(w.Get(try))
		if err == nil {
			return fmt.Sprint(s, "got ", v, " after ", try), nil
		}
		if !errors.Is(err, harness.ErrScript) || try >= 4 {
			return s, fmt.Errorf("try %d: %w", try, err)
		}
		for i := range wait {
			if err := rt.Await0(w.Do(fmt.Sprint("pause ", i))); err != nil {
				s += "short "
				break
			}
		}
		wait *= 2
	}
}

// RetryAlternatives goes through servers, round by round, and drops those
// that fail twice.
//
// async
func RetryAlternatives(w *harness.World) (s string, err error) {
	servers := []string{"a", "b", "c"}
	failures := map[string]int{}
rounds:
	for round := range 3 {
		kept := servers[:0]
		for i, name := range servers {
			got, err := rt.Await(w.Text(fmt.Sprint(name, round)))
			if err == nil {
				if got == "b1" {
					servers = append(kept, servers[i:]...)
					break rounds
				}
				kept = append(kept, name)
				continue
			}
			if failures[name]++; failures[name] < 2 {
				kept = append(kept, name)
			}
		}
		if servers = kept; len(servers) == 0 {
			return "none left", nil
		}
	}
	return fmt.Sprint(servers, failures), nil
}

// RetryBreaker opens after failures in a row, and tries one call when it was
// open for a while.
//
// async
func RetryBreaker(w *harness.World) (string, error) {
	type state string
	failed, skipped, current := 0, 0, "closed"
	var log []string
	set := func(s string) {
		if s != current {
			log = append(log, current+">"+s)
			current = s
		}
	}
	for i := range 8 {
		switch current {
		case "open":
			if skipped++; skipped < 2 {
				continue
			}
			skipped = 0
			set("half")
			fallthrough
		case "half", "closed":
			if _, err := rt.Await(w.Get(i)); err != nil {
				if failed++; failed >= 2 || current == "half" {
					set("open")
				}
				continue
			}
			failed = 0
			set("closed")
		}
	}
	return strings.Join(log, " ") + string(state(current)), nil
}

// RetryPages reads pages until one is short, where each says which is next.
//
// async
func RetryPages(w *harness.World) (s string, err error) {
	type page struct {
		items []int
		next  int
	}
	total, again := 0, 0
	for next := 1; next != 0; {
		n, err := rt.Await(w.Get(next))
		if err != nil {
			if again++; again > 2 {
				return s, err
			}
			continue
		}
		p := page{items: make([]int, 4-n), next: (n + 1) % 4}
		for i := range p.items {
			p.items[i] = n*10 + i
		}
		total += len(p.items)
		s += fmt.Sprint(p.items)
		next = p.next
	}
	return fmt.Sprint(s, total, again), nil
}

// RetryOnce remembers the error of the first try in a closure's variable.
//
// async
func RetryOnce(w *harness.World) (v int, err error) {
	var first error
	remember := func(e error) error {
		if first == nil {
			first = e
		}
		return e
	}
	v, err = rt.Await(w.Get(1))
	if remember(err) != nil {
		if v, err = rt.Await(w.Get(2)); remember(err) != nil {
			return v, errors.Join(first, err)
		}
	}
	w.Err("first", first)
	return v, nil
}

// RetryDeadline counts steps that are left over nested loops.
//
// async
func RetryDeadline(w *harness.World) (s string, err error) {
	left := 6
	spend := func(n int) bool { left -= n; return left >= 0 }
	for i := 0; i < 3 && spend(1); i++ {
		for j := range 2 {
			if !spend(num(rt.Await(w.Get(j)))) {
				return s + "late", nil
			}
			s += fmt.Sprint(i, j, left, " ")
		}
	}
	return fmt.Sprint(s, left), nil
}
