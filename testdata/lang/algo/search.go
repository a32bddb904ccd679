// Package algo holds programs that are algorithms: searches, sorts, walks and
// tables with awaits in the middle of them.
package algo

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// num is an operation's value, or another one if it failed.
func num(v int, err error) int {
	if err != nil {
		return 1
	}
	return v
}

// SearchBinary halves an interval, with a closure as the test.
//
// async
func SearchBinary(w *harness.World) (string, error) {
	list := []int{1, 3, 5, 7, 9, 11, 13}
	probes := 0
	var out []int
	for _, want := range []int{9, 0, 14, 4} {
		less := func(v int) bool { probes++; return v < want }
		lo, hi := 0, len(list)
		for lo < hi {
			mid := int(uint(lo+hi) >> 1)
			v, err := rt.Await(w.Get(list[mid]))
			if err != nil {
				hi-- // this one cannot be compared
				continue
			}
			if less(v) {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		out = append(out, lo)
	}
	return fmt.Sprint(out, probes), nil
}

// SearchNested looks for a pair in a matrix, and leaves both loops at it.
//
// async
func SearchNested(w *harness.World) (s string, err error) {
	m := [][]int{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}
	found := [2]int{-1, -1}
rows:
	for r, row := range m {
		for c, v := range row {
			got, err := rt.Await(w.Get(v))
			switch {
			case err != nil:
				s += "!"
				if c == 0 {
					continue rows
				}
				break
			case got == 6:
				found = [2]int{r, c}
				break rows
			case got%2 == 0:
				continue
			default:
				s += fmt.Sprint(got)
			}
			s += ","
		}
		s += ";"
	}
	return fmt.Sprint(s, found), nil
}

// SearchTwoWays walks from both ends with a for clause of two variables that
// closures captured.
//
// async
func SearchTwoWays(w *harness.World) (string, error) {
	word := []byte("amanaplan")
	var undo []func()
	for i, j := 0, len(word)-1; i < j; i, j = i+1, j-1 {
		if word[i] == word[j] {
			continue
		}
		if err := rt.Await0(w.Do(fmt.Sprint(i, j))); err != nil {
			undo = append(undo, func() { word[j] = '?'; i, j = j, i })
			j++
			if j >= len(word) {
				break
			}
		}
		word[i], word[j] = word[j], word[i]
		undo = append(undo, func() { word[i], word[j] = word[j], word[i] })
	}
	before := string(word)
	for _, u := range slices.Backward(undo) {
		u()
	}
	return before + " " + string(word), nil
}

// SortInsertion sorts by insertion, with an await in the inner condition.
//
// async
func SortInsertion(w *harness.World) (string, error) {
	list := []int{5, 2, 4, 1, 3}
	for i := 1; i < len(list); i++ {
		x := list[i]
		j := i - 1
		for ; j >= 0 && num(rt.Await(w.Get(list[j]))) > x; j-- {
			list[j+1] = list[j]
		}
		list[j+1] = x
	}
	return fmt.Sprint(list), nil
}

// SortQuick partitions in place and recurses into both halves.
//
// async
func SortQuick(w *harness.World) (string, error) {
	list := []int{4, 8, 1, 9, 3}
	err := rt.Await0(quick(w, list, 0))
	return fmt.Sprint(list, harness.Show(err)), nil
}

// async
func quick(w *harness.World, list []int, depth int) (err error) {
	if len(list) < 2 {
		return nil
	}
	pivot, err := rt.Await(w.Get(list[len(list)-1]))
	if err != nil {
		sort.Ints(list)
		return err
	}
	at := 0
	for i := range list {
		if list[i] <= pivot {
			list[i], list[at] = list[at], list[i]
			at++
		}
	}
	if err := rt.Await0(quick(w, list[:at-1], depth+1)); err != nil {
		return fmt.Errorf("left at %d: %w", depth, err)
	}
	defer func() {
		if err != nil {
			list[0] = -depth
		}
	}()
	return rt.Await0(quick(w, list[at:], depth+1))
}

type row struct {
	name string
	rank int
}

// SortMerged merges two lists, whose heads are awaited.
//
// async
func SortMerged(w *harness.World) (string, error) {
	a, b := []row{{"a", 1}, {"c", 3}, {"e", 3}}, []row{{"b", 2}, {"d", 3}}
	var out []row
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0, len(a) > 0 && cmp.Compare(num(rt.Await(w.Get(a[0].rank))), b[0].rank) <= 0:
			out, a = append(out, a[0]), a[1:]
		default:
			out, b = append(out, b[0]), b[1:]
			rt.Await0(w.Do("b"))
		}
	}
	return fmt.Sprint(out), nil
}

// Sieve crosses out multiples, in a loop without end.
//
// async
func Sieve(w *harness.World) (s string, err error) {
	const n = 30
	var crossed [n]bool
	p := 1
next:
	for {
		p++
		for crossed[p] {
			if p++; p*p > n {
				break next
			}
		}
		step, err := rt.Await(w.Get(p))
		if err != nil {
			step = p + 1
		}
		for i := p * p; i < n; i += step {
			crossed[i] = true
		}
	}
	for i, c := range crossed {
		if i > 1 && !c {
			s += fmt.Sprint(i, " ")
		}
	}
	return s, nil
}
