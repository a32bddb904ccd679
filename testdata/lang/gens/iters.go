package gens

import (
	"fmt"
	"iter"

	"github.com/goasync/goasync/testdata/lang/harness"
)

// Lex yields words; it is told to stop in a condition.
//
// async
func Lex(w *harness.World, yield func(int) bool) {
	defer w.Trace("lex ends")
	words := []string{"a", "bc", "", "def"}
	for i, word := range words {
		if len(word) == 0 {
			continue
		}
		if !yield(i*10 + len(word)) {
			w.Trace("stopped at", word)
			return
		}
	}
	w.Trace("all words")
}

// Logic yields in the operands of && and ||.
//
// async
func Logic(w *harness.World, yield func(int) bool) bool {
	return yield(w.Int("a", 1)) && (yield(w.Int("b", 2)) && w.Bool("c", false) || yield(3)) && yield(4)
}

type tree struct {
	l, r *tree
	v    int
}

var small = &tree{&tree{nil, nil, 1}, &tree{&tree{nil, nil, 3}, nil, 4}, 2}

// async
func (t *tree) walk(yield func(int) bool) bool {
	if t == nil {
		return true
	}
	return t.l.walk(yield) && yield(t.v) && t.r.walk(yield)
}

// Walk passes yield on to a recursive method, in a condition and as a
// statement.
//
// async
func Walk(w *harness.World, yield func(int) bool) {
	if !small.walk(yield) {
		w.Trace("stopped in the tree")
		return
	}
	if !yield(100) {
		return
	}
	part(w, 7, yield)
	w.Trace("after the last")
}

// async
func part(w *harness.World, from int, yield func(int) bool) {
	defer func() { w.Trace("part ends", from) }()
	for i := range 3 {
		if from++; !yield(from + i) {
			return
		}
	}
}

// Stubborns goes on after yield has returned false.
//
// async
func Stubborns(w *harness.World, yield func(v int) (more bool)) (ok bool) {
	defer func() { w.Trace("stubborn", ok) }()
	ok = yield(1)
	ok = yield(2) && ok
	w.Trace("then")
	part(w, 3, yield)
	return
}

// IterPanics panics at its third value.
//
// async
func IterPanics(w *harness.World, yield func(int) bool) {
	defer func() {
		p := recover()
		w.Trace("recovered", p)
		if p != nil {
			panic(fmt.Sprint("again ", p))
		}
	}()
	for i := range 5 {
		if i == 2 {
			panic("third")
		}
		if !yield(i) {
			return
		}
	}
}

// Swallows recovers a panic of the loop's body.
//
// async
func Swallows(w *harness.World, yield func(int) bool) {
	defer func() { w.Trace("swallowed", recover()) }()
	relayed(yield, 1, 2, 3)
	w.Trace("end")
}

// async
func relayed[V any](yield func(V) bool, list ...V) {
	for _, v := range list {
		if !yield(v) {
			break
		}
	}
}

// Pairs yields two values at once.
//
// async
func Pairs(w *harness.World, yield func(int, string) bool) {
	if !yield(1, "one") {
		return
	}
	if !yield(two(w)) {
		return
	}
	if l := (list2[string]{w, []string{"x", "y"}}); l.each(yield) {
		var k int = 8
		yield(k, fmt.Sprint(yield(9, "nine")))
	}
}

func two(w *harness.World) (int, string) { return w.Int("two", 2), "two" }

type list2[T any] struct {
	w     *harness.World
	items []T
}

// async
func (l *list2[T]) each(yield func(int, T) bool) bool {
	for i := range l.items {
		if !yield(i, l.items[i]) {
			return false
		}
	}
	return true
}

// All returns an iterator, as libraries do.
//
// async
func All(w *harness.World) iter.Seq[int] {
	return func(yield func(int) bool) { counted(w, 2)(yield) }
}

// async
func counted(w *harness.World, n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer w.Trace("all ends")
		for ; n > 0; n-- {
			if !yield(n) {
				return
			}
		}
		small.all()(yield)
		w.Trace("all of the tree")
	}
}

// async
func (t *tree) all() iter.Seq[int] {
	return func(yield func(int) bool) { t.walk(yield) }
}
