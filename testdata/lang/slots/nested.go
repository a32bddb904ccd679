package slots

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// NestedValues has awaits in the arguments of awaited calls of async functions
// that are values.
//
// async
func NestedValues(w *harness.World) (s string, err error) {
	n := 1
	show := func(v int) error { n++; s += fmt.Sprint("show", v, n); return rt.Await0(w.Do(fmt.Sprint(v))) }
	add := func(a, b int) (int, error) { n++; v, err := rt.Await(w.Get(a)); return v + b + n, err }
	err = rt.Await0(show(val(rt.Await(w.Get(3)))))
	w.Err("variable", err)
	err = rt.Await0(show(n + val(rt.Await(add(n, val(rt.Await(add(val(rt.Await(w.Get(n))), n))))))))
	w.Err("three deep", err)
	err = rt.Await0(chosen(w, show, val(rt.Await(add(1, 2))))(val(rt.Await(add(n, val(rt.Await(chosenToo(w, add, n)(n, val(rt.Await(w.Get(n)))))))))))
	w.Err("maker", err)
	p := &pool[int]{Dial: func() (int, error) { n *= 2; return rt.Await(w.Get(n)) }}
	v, err := rt.Await(add(val(rt.Await(p.Dial())), val(rt.Await(add(val(rt.Await(p.Dial())), n)))))
	w.Err("field", err)
	t := &teller{w: w, n: 1}
	tell := t.tell
	u, err := rt.Await(tell(val(rt.Await(t.tell(val(rt.Await(tell(t.n))))))))
	w.Err("method value", err)
	t = &teller{w: w, n: u}
	return fmt.Sprint(s, v, u, t.n, n), rt.Await0(show(val(rt.Await(told(t, tell, val(rt.Await(tell(n))))))))
}

// async
func chosen(w *harness.World, f func(int) error, n int) func(int) error {
	w.Trace("chosen", n)
	return func(v int) error { return rt.Await0(f(v + n)) }
}

// async
func chosenToo(w *harness.World, f func(int, int) (int, error), n int) func(int, int) (int, error) {
	w.Trace("chosenToo", n)
	return f
}

type teller struct {
	w *harness.World
	n int
}

// async
func (t *teller) tell(v int) (int, error) {
	t.n++
	r, err := rt.Await(t.w.Get(v))
	return r*10 + t.n, err
}

// async
func told(t *teller, f func(int) (int, error), n int) (int, error) {
	return rt.Await(f(val(rt.Await(f(val(rt.Await(t.tell(n)))))) + t.n))
}

// NestedConditions has such awaits where they may not be evaluated.
//
// async
func NestedConditions(w *harness.World) (s string, err error) {
	f := func(v int) (int, error) { s += fmt.Sprint(v); return rt.Await(w.Get(v)) }
	g := func(ok bool, more ...int) (bool, error) { return ok || len(more) > 1, rt.Await0(w.Do("g")) }
	for i := 0; fine(rt.Await(g(i < 2 && val(rt.Await(f(val(rt.Await(f(i)))))) < 9, list(w, val(rt.Await(f(i))))...))) && i < 3; i++ {
		switch val(rt.Await(f(val(rt.Await(f(i + 1)))))) {
		case val(rt.Await(f(1))):
			s += "one"
		case i, val(rt.Await(f(val(rt.Await(f(7)))))):
			s += "i"
		}
	}
	defer func() { err = rt.Await0(w.Do(fmt.Sprint(val(rt.Await(f(val(rt.Await(f(5))))))))) }()
	return s + fmt.Sprint(fine(rt.Await(g(val(rt.Await(f(0))) == 0, val(rt.Await(f(1))), val(rt.Await(f(2))))))), nil
}

func fine(ok bool, err error) bool { return ok && err == nil }

func list(w *harness.World, n int) []int { w.Trace("list", n); return make([]int, n&3) }
