// Package calls holds programs about awaits inside expressions.
package calls

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// OrderArguments has calls, receives and && on both sides of awaits.
//
// async
func OrderArguments(w *harness.World) (string, error) {
	ch := make(chan int, 4)
	ch <- 1
	ch <- 2
	ch <- 3
	x := 5
	show := func(a int, b int, err error) string { return fmt.Sprint(a, b, harness.Show(err)) }
	join := func(a string, more ...any) string { return a + fmt.Sprint(more...) }
	first := func(v int, err error) string { x += 100; return fmt.Sprint(v, harness.Show(err)) }
	w.Trace("one", join(w.Str("s", "s"), first(rt.Await(w.Get(w.Int("arg", 7)))), <-ch, w.Int("right", x)))
	w.Trace("two", join(w.Str("l", "l"), <-ch, w.Bool("p", true) && w.Bool("q", false), first(rt.Await(w.Get(1))), first(rt.Await(w.Get(2))), <-ch))
	w.Trace("three", join(w.Str("m", "m"), len(ch), cap(ch), first(rt.Await(w.Get(3))), x, len(ch)))
	_ = show
	return "", nil
}

// OrderNested awaits in arguments of awaited calls.
//
// async
func OrderNested(w *harness.World) (int, error) {
	n, err := rt.Await(add(w, w.Int("a", 1), one(rt.Await(w.Get(w.Int("b", 2)))), one(rt.Await(add(w, one(rt.Await(w.Get(3))), w.Int("c", 4), w.Int("d", 5))))))
	w.Trace("n", n)
	return n, err
}

func one(v int, err error) int {
	if err != nil {
		return -1
	}
	return v
}

// async
func add(w *harness.World, a, b, c int) (int, error) {
	w.Trace("add", a, b, c)
	if err := rt.Await0(w.Do("add")); err != nil {
		return a, err
	}
	return a + b + c, nil
}

// OrderLeftPanics has a left side that panics, after the await.
//
// async
func OrderLeftPanics(w *harness.World) (r string, err error) {
	defer func() { r = fmt.Sprint(recover()) }()
	var m map[string]int
	m["k"], err = rt.Await(w.Get(1))
	w.Trace("never")
	return
}

// OrderNilPointer dereferences on the left of an await.
//
// async
func OrderNilPointer(w *harness.World) (r string, err error) {
	defer func() { r = fmt.Sprint(recover()) }()
	var p *struct{ v int }
	p.v, err = rt.Await(w.Get(w.Int("operand", 1)))
	w.Trace("never")
	return
}

// OrderIndexPanics indexes out of range on the left of an await.
//
// async
func OrderIndexPanics(w *harness.World) (r string, err error) {
	defer func() { r = fmt.Sprint(recover()) }()
	a := []int{1}
	a[w.Int("index", 5)], err = rt.Await(w.Get(w.Int("operand", 1)))
	w.Trace("never")
	return
}

// OrderReturn has calls on both sides of an await in a return.
//
// async
func OrderReturn(w *harness.World) (string, string, error) {
	s := "a"
	grow := func() string { s += "b"; return s }
	if v, err := rt.Await(w.Get(1)); v == 0 {
		return s, grow(), err
	}
	return grow(), text(rt.Await(w.Text(grow()))), rt.Await0(w.Do(grow()))
}

func text(s string, err error) string {
	if err != nil {
		return "?" + s
	}
	return s
}

// OrderMethods awaits through chains of calls.
//
// async
func OrderMethods(w *harness.World) (int, error) {
	c := &chain{w: w}
	n, err := rt.Await(c.next("a").next("b").get(w.Int("x", 3)))
	if err != nil {
		n = -1
	}
	c.next("c").put(rt.Await(c.next("d").get(4)))
	c.add(8).add(one(rt.Await(c.next("e").get(6))))
	return n + c.sum, nil
}

type chain struct {
	w   *harness.World
	sum int
}

func (c *chain) next(s string) *chain { c.w.Trace("next", s); return c }
func (c *chain) put(v int, err error) { c.w.Trace("put", v); c.w.Err("put", err) }
func (c *chain) add(v int) *chain     { c.sum = c.sum*10 + v; return c }

// async
func (c *chain) get(v int) (int, error) {
	c.w.Trace("get", c.sum)
	return rt.Await(c.w.Get(v))
}

// OrderMulti passes several values on.
//
// async
func OrderMulti(w *harness.World) (string, error) {
	pair := func() (int, int) { w.Trace("pair"); return 3, 4 }
	sum := func(a, b int, err error) int { w.Err("sum", err); return a*10 + b }
	x := sum(rt.Await2(w.Two(pair())))
	a, b, err := rt.Await2(w.Two(pair()))
	w.Trace("x", x, a, b)
	w.Err("err", err)
	c, d, e, err := rt.Await3(w.Three(1, "two", true))
	w.Trace("three", c, d, e)
	v, err := rt.Await(tail(rt.Await2(w.Two(x, 9))))
	w.Trace("tail", v)
	return fmt.Sprint(rt.Await2(w.Two(1, 2))), err
}

// async
func tail(a, b int, err error) (int, error) {
	if err != nil {
		return a, err
	}
	return rt.Await(inner{b}.plus(a))
}

type inner struct{ v int }

// async
func (i inner) plus(v int) (int, error) { return i.v + v, nil }

// OrderVariadic calls variadic functions with awaits among their arguments.
//
// async
func OrderVariadic(w *harness.World) (int, error) {
	n, err := rt.Await(sumAll(w))
	if err != nil {
		return n, err
	}
	list := []int{1, 2}
	n, err = rt.Await(sumAll(w, list...))
	list[0] = 50
	if err != nil {
		w.Err("list", err)
	}
	m, err := rt.Await(sumAll(w, one(rt.Await(w.Get(3))), n, one(rt.Await(w.Get(w.Int("arg", 4))))))
	if err != nil {
		return m, err
	}
	k, err := rt.Await(sumAll(w, nil...))
	return n + m + k, err
}

// async
func sumAll(w *harness.World, list ...int) (sum int, err error) {
	w.Trace("all", list == nil, len(list))
	for i := range list {
		if err := rt.Await0(w.Do("item")); err != nil {
			return sum, err
		}
		sum += list[i]
		list[i]++
	}
	return sum, nil
}

// OrderLiterals has awaits as arguments beside literals of all kinds.
//
// async
func OrderLiterals(w *harness.World) (string, error) {
	n := 1
	f := func(s []int, m map[string]int, g func() int, v int, p *item, a [2]int) string {
		return fmt.Sprint(s, m, g(), v, *p, a)
	}
	out := f([]int{w.Int("a", 1), n}, map[string]int{w.Str("k", "k"): w.Int("v", 2)}, func() int { n++; return n },
		one(rt.Await(w.Get(3))), &item{v: w.Int("p", 4)}, [2]int{1: w.Int("q", 5)})
	return out, nil
}

type item struct{ v int }

// OrderLeft evaluates index and pointer operands of the left side first.
//
// async
func OrderLeft(w *harness.World) (string, error) {
	var err error
	a := []int{0, 0, 0, 0}
	m := map[string]int{}
	i := 1
	at := func(k int) int { w.Trace("at", k); i++; return k }
	ptr := func() *[]int { w.Trace("ptr"); return &a }
	a[at(2)], err = rt.Await(w.Get(20))
	w.Err("index", err)
	(*ptr())[at(3)], err = rt.Await(w.Get(30))
	w.Err("pointer", err)
	m[w.Str("key", "k")], err = rt.Await(w.Get(40))
	w.Err("map", err)
	i, a[i%4], err = rt.Await2(w.Two(0, 50))
	w.Err("both", err)
	a[i], i, err = rt.Await2(w.Two(60, 3))
	w.Err("both", err)
	var s struct {
		p *struct{ v int }
	}
	s.p = &struct{ v int }{}
	s.p.v, err = rt.Await(w.Get(70))
	w.Trace("end", a, m, i, s.p.v)
	return "", err
}

// OrderStatements awaits in expression statements and discards.
//
// async
func OrderStatements(w *harness.World) (err error) {
	rt.Await(w.Get(1))
	rt.Await0(w.Do("x"))
	_ = rt.Await0(w.Do("y"))
	_, _ = rt.Await(w.Get(2))
	_, _, err = rt.Await2(w.Two(1, 2))
	var _, b = rt.Await(w.Get(3))
	var _, _, _ = rt.Await2(w.Two(1, 2))
	var c, d error = rt.Await0(w.Do("z")), rt.Await0(w.Do("zz"))
	var e = rt.Await0(w.Do("e"))
	f, g := rt.Await0(w.Do("f")), w.Int("g", 1)
	w.Err("b", b)
	w.Err("c", c)
	w.Err("d", d)
	w.Err("e", e)
	w.Trace("f", harness.Show(f), g)
	return err
}
