package vars

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// A block is too large to be a local of Resume as it is.
type block struct {
	words [20]int
	name  string
}

func (b block) sum() (sum int) {
	for _, w := range b.words {
		sum += w
	}
	return sum
}

func blocks(n int) (block, bool) {
	b := block{name: fmt.Sprint("block ", n)}
	for i := range b.words {
		b.words[i] = n * i
	}
	return b, n%2 == 0
}

// LargeForms has large variables that cross jumps and no suspension, in all the forms that declare and use one.
//
// async
func LargeForms(w *harness.World) (int, error) {
	a, even := blocks(w.Int("a", 2))
	var b block
	b.words[3]++
	c := a
	c.words[0], b.words[1] = b.words[3], c.words[2]
	if even == (w.Int("which", 1) == 0) {
		return rt.Await(w.Get(a.sum()))
	}
	w.Trace("equal", a == c, a == b, a.name, b.words, [20]int{} == b.words)
	a, b = b, a
	c, even = blocks(3)
	b.words[4] += c.words[4]
	seen := map[block]int{a: 1, b: 2}
	seen[c]++
	var x any = b
	if w.Int("again", 1) == 0 {
		return 0, rt.Await0(w.Do("y"))
	}
	switch v := x.(type) {
	case block:
		if v.sum() < 0 {
			return 0, rt.Await0(w.Do("z"))
		}
		w.Trace("switch", v == b, v.name, even)
	}
	for i := range a.words {
		a.words[i] = i
	}
	return a.sum() + b.sum() + c.sum() + len(seen), nil
}

// LargeLoops has large variables of iterations: each is new, and zero.
//
// async
func LargeLoops(w *harness.World) (int, error) {
	total := 0
	var kept []block
	first, _ := blocks(1)
	second, _ := blocks(2)
	for i, b := range []block{first, second} {
		var sums [30]int
		if i == 5 {
			if err := rt.Await0(w.Do("never")); err != nil {
				return 0, err
			}
			continue
		}
		for j, word := range b.words {
			sums[j] += word
		}
		for j := range sums {
			total += sums[j]
		}
		b.words[i] = -1
		kept = append(kept, b)
	}
	for b, n := first, 0; n < 3; b.words[n], n = n, n+1 {
		if b.name == "" {
			if err := rt.Await0(w.Do("nor")); err != nil {
				return 0, err
			}
		}
		kept = append(kept, b)
	}
	n, err := rt.Await(w.Get(total))
	if err != nil {
		w.Trace("error", err)
	}
	i := 0
again:
	var local block
	if local.words[i]++; local.words[i] > 1 {
		return 0, rt.Await0(w.Do("old"))
	}
	if i++; i < 3 {
		if w.Int("stay", i) == 2 {
			if err := rt.Await0(w.Do("between")); err != nil {
				w.Trace("between", err)
			}
		}
		goto again
	}
	for _, b := range kept {
		w.Trace("kept", b.words[:3], b.name)
	}
	return n + local.sum(), nil
}

// LargeRewritten writes a large variable whole behind a suspension that does not want its old value.
//
// async
func LargeRewritten(w *harness.World) (int, error) {
	var b block
	if w.Int("first", 1) == 1 {
		b.words[0] = 7
		w.Trace("first", b.sum())
	}
	n, err := rt.Await(w.Get(3))
	b, _ = blocks(n)
	if err != nil {
		if err := rt.Await0(w.Do("after")); err != nil {
			return 0, err
		}
		return n, err
	}
	return b.sum(), nil
}
