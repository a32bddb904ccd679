package algo

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type tree struct {
	key         int
	left, right *tree
}

func (t *tree) insert(key int) *tree {
	switch {
	case t == nil:
		return &tree{key: key}
	case key < t.key:
		t.left = t.left.insert(key)
	default:
		t.right = t.right.insert(key)
	}
	return t
}

func (t *tree) all() iter.Seq[int] {
	return func(yield func(int) bool) { t.push(yield) }
}

func (t *tree) push(yield func(int) bool) bool {
	return t == nil || t.left.push(yield) && yield(t.key) && t.right.push(yield)
}

func newTree(keys ...int) (t *tree) {
	for _, k := range keys {
		t = t.insert(k)
	}
	return t
}

var errStop = errors.New("stop")

// WalkDepth visits a tree depth first, before and after the children.
//
// async
func WalkDepth(w *harness.World) (string, error) {
	var seen []string
	visit := func(what string, n int) { seen = append(seen, fmt.Sprint(what, n)) }
	err := rt.Await0(walk(w, newTree(4, 2, 6, 1), visit))
	return fmt.Sprint(seen, harness.Show(err)), nil
}

// async
func walk(w *harness.World, t *tree, visit func(string, int)) error {
	if t == nil {
		return nil
	}
	if err := rt.Await0(w.Do(fmt.Sprint("enter ", t.key))); err != nil {
		visit("skipped", t.key)
		return nil
	}
	defer visit("left", t.key)
	for _, child := range []*tree{t.left, t.right} {
		if err := rt.Await0(walk(w, child, visit)); err != nil {
			return err
		}
		visit("child of", t.key)
	}
	if v, err := rt.Await(w.Get(t.key)); err != nil {
		return fmt.Errorf("at %d: %w", v, errStop)
	}
	return nil
}

// WalkStack visits the same tree with a stack of its own.
//
// async
func WalkStack(w *harness.World) (s string, err error) {
	var stack []*tree
	t := newTree(4, 2, 6, 1, 3)
	for t != nil || len(stack) > 0 {
		for t != nil {
			stack = append(stack, t)
			t = t.left
		}
		t, stack = stack[len(stack)-1], stack[:len(stack)-1]
		v, err := rt.Await(w.Get(t.key))
		if err != nil {
			t = nil
			continue
		}
		s += fmt.Sprint(v)
		t = t.right
	}
	return s, nil
}

// WalkPulled compares two trees that are pulled and pushed at once.
//
// async
func WalkPulled(w *harness.World) (s string, err error) {
	next, stop := iter.Pull(newTree(1, 3, 4).all())
	defer stop()
	for a := range newTree(3, 1, 2, 5).all() {
		b, more := next()
		switch {
		case !more:
			return s + "short", nil
		case a != b:
			s += fmt.Sprint(a, "!=", b, " ")
		case num(rt.Await(w.Get(a))) == a:
			s += fmt.Sprint(a, " ")
			continue
		}
		if rt.Await0(w.Do("differs")) != nil {
			break
		}
	}
	return s + "end", nil
}

// WalkGraph finds the order of a graph, with colours and a cycle.
//
// async
func WalkGraph(w *harness.World) (s string, err error) {
	graph := map[string][]string{"app": {"lib", "net"}, "lib": {"core"}, "net": {"core", "app"}, "core": nil}
	state := map[string]int{}
	var order []string
	for _, name := range slices.Sorted(maps.Keys(graph)) {
		if e := rt.Await0(visit(w, graph, state, &order, name)); e != nil {
			s += e.Error() + "; "
		}
	}
	return fmt.Sprint(s, order, state), nil
}

// async
func visit(w *harness.World, graph map[string][]string, state map[string]int, order *[]string, name string) error {
	switch state[name] {
	case 1:
		return fmt.Errorf("cycle at %s", name)
	case 2:
		return nil
	}
	state[name] = 1
	if err := rt.Await0(w.Do(name)); err != nil {
		delete(graph, name)
	}
	var failed error
	for _, dep := range graph[name] {
		if err := rt.Await0(visit(w, graph, state, order, dep)); err != nil && failed == nil {
			failed = fmt.Errorf("%s: %w", name, err)
		}
	}
	state[name] = 2
	*order = append(*order, name)
	return failed
}

// WalkBreadth visits level by level, and swaps the lists.
//
// async
func WalkBreadth(w *harness.World) (s string, err error) {
	level, next := []*tree{newTree(4, 2, 6, 1, 3, 5)}, []*tree(nil)
	for depth := 0; len(level) > 0; depth, level, next = depth+1, next, level[:0:0] {
		for _, t := range level {
			for _, c := range [...]*tree{t.left, t.right} {
				if c != nil && (depth == 0 || rt.Await0(w.Do(fmt.Sprint("child ", c.key))) == nil) {
					next = append(next, c)
				}
			}
			s += fmt.Sprint(t.key)
		}
		s += "/"
	}
	return s, nil
}

// Permute goes through permutations with a goto for what would be recursion.
//
// async
func Permute(w *harness.World) (s string, err error) {
	list := []int{1, 2, 3}
	c := make([]int, len(list))
	i := 0
out:
	if v, err := rt.Await(w.Get(list[0])); err != nil {
		s += "! "
	} else {
		s += fmt.Sprint(v*100+list[1]*10+list[2], " ")
	}
next:
	if i == len(list) {
		return s, nil
	}
	if c[i] >= i {
		c[i] = 0
		i++
		goto next
	}
	if j := i % 2 * c[i]; rt.Await0(w.Do("swap")) == nil {
		list[i], list[j] = list[j], list[i]
	}
	c[i]++
	i = 0
	goto out
}
