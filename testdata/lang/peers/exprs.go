package peers

import (
	"fmt"
	. "strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// ReceiveArguments receives in the arguments of awaited calls, once.
//
// async
func ReceiveArguments(w *harness.World) (s string, err error) {
	ch := make(chan int, 8)
	for i := range 8 {
		ch <- i
	}
	s = fmt.Sprint(<-ch, num(rt.Await(w.Get(<-ch))), <-ch)
	a, b, err := rt.Await2(w.Two(<-ch, <-ch))
	list := []int{<-ch, num(rt.Await(w.Get(<-ch))), <-ch}
	return fmt.Sprint(s, a, b, err == nil, list, len(ch)), nil
}

// AndOr evaluates the right operand only if it is needed.
//
// async
func AndOr(w *harness.World) (s string, err error) {
	no, yes := w.Bool("no", false), w.Bool("yes", true)
	a := no && fine(w, rt.Await0(w.Do("a")))
	b := yes || fine(w, rt.Await0(w.Do("b")))
	c := fine(w, rt.Await0(w.Do("c"))) && fine(w, rt.Await0(w.Do("d")))
	d := fine(w, rt.Await0(w.Do("e"))) || fine(w, rt.Await0(w.Do("f")))
	e := a || b && (c || !d) && fine(w, rt.Await0(w.Do("g"))) || d && (no || fine(w, rt.Await0(w.Do("h"))) && yes)
	var p *counter
	if p != nil && p.n == num(rt.Await(w.Get(1))) {
		s = "never"
	}
	if p == nil || p.n == num(rt.Await(w.Get(2))) {
		s += "guarded"
	}
	return fmt.Sprint(s, a, b, c, d, e), nil
}

// ArgumentOrder evaluates arguments from left to right, each once.
//
// async
func ArgumentOrder(w *harness.World) (s string, err error) {
	pair := func(name string, list ...any) string { w.Trace(name, list...); return fmt.Sprint(name, list) }
	s = pair(w.Str("f", "f"), w.Int("a", 1), num(rt.Await(w.Get(2))), w.Int("b", 3), pair("g", num(rt.Await(w.Get(4))), w.Int("c", 5)), w.Int("d", 6))
	n, err := rt.Await(w.Get(w.Int("x", 1) + num(rt.Await(w.Get(w.Int("y", 2)+num(rt.Await(w.Get(3))))))))
	return fmt.Sprint(s, n, err == nil, Repeat("z", 1+num(rt.Await(w.Get(1))))), nil
}

type pair struct{ left, right any }

// LiteralOrder evaluates the elements of literals in the order of the text.
//
// async
func LiteralOrder(w *harness.World) (s string, err error) {
	p := pair{right: w.Int("r", 1), left: num(rt.Await(w.Get(2)))}
	q := &pair{pair{num(rt.Await(w.Get(3))), w.Int("in", 4)}, []int{w.Int("s", 5), 3: num(rt.Await(w.Get(6))), w.Int("t", 7)}}
	m := map[string]func() int{
		w.Str("k1", "x"): func() int { return 1 },
		w.Str("k2", "y") + fmt.Sprint(num(rt.Await(w.Get(8)))): func() int { return 2 },
	}
	return fmt.Sprint(p, *q, len(m), [2]pair{{num(rt.Await(w.Get(9))), w.Int("u", 1)}, {left: w.Int("v", 2)}}), nil
}

type chain struct {
	w    *harness.World
	seen *[]string
}

func (c chain) add(name string, vs ...int) chain {
	c.w.Trace(name, vs)
	*c.seen = append(*c.seen, fmt.Sprint(name, vs))
	return c
}

// async
func (c chain) wait(n int) (chain, error) {
	v, err := rt.Await(c.w.Get(n))
	return c.add("wait", v), err
}

func must(c chain, err error) chain { c.w.Err("must", err); return c }

// MethodChains awaits in the middle of chains of calls.
//
// async
func MethodChains(w *harness.World) (string, error) {
	c := chain{w, new([]string)}
	c.add("a", num(rt.Await(w.Get(1)))).add("b").add("c", w.Int("x", 2), num(rt.Await(w.Get(3)))).add("d")
	must(rt.Await(c.add("e").wait(4))).add("f", num(rt.Await(w.Get(5)))).add("g")
	must(rt.Await(must(rt.Await(c.wait(6))).add("h").wait(7))).add("i")
	return Join(*c.seen, ";"), nil
}

// LeftSides evaluates the operands of left sides before the right sides, and
// assigns after them.
//
// async
func LeftSides(w *harness.World) (s string, err error) {
	a := []int{1, 2, 3, 4}
	at := func(i int) int { w.Trace("at", i); return i }
	a[at(1)] = num(rt.Await(w.Get(10)))
	i := 0
	i, a[i] = 1, num(rt.Await(w.Get(20)))
	w.Trace("i", i, a)
	a[at(2)], a[at(num(rt.Await(w.Get(3)))&3)], i = num(rt.Await(w.Get(30))), w.Int("right", 40), at(0)
	m := map[string][]int{"x": {1}}
	m[w.Str("key", "x")][at(0)] += num(rt.Await(w.Get(50)))
	p := &pair{}
	get := func() *pair { w.Trace("get"); return p }
	old := p
	get().left, p = num(rt.Await(w.Get(60))), nil
	return fmt.Sprint(s, a, i, m, *old, p == nil), nil
}

func swap(a, b int, err error) (int, int)  { return b, a }
func three(a, b int) (int, string, error)  { return a + b, fmt.Sprint(a, b), nil }
func show(a int, b string, c error) string { return fmt.Sprint(a, b, c) }

// SeveralValues passes the values of one call as the arguments of another.
//
// async
func SeveralValues(w *harness.World) (string, error) {
	s := show(three(swap(rt.Await2(w.Two(1, 2)))))
	a, b := swap(rt.Await2(w.Two(num(rt.Await(w.Get(3))), w.Int("four", 4))))
	all := fmt.Sprintln(rt.Await3(w.Three(5, "x", true)))
	if fields := Fields(all); len(fields) > 3 {
		all = Join(fields[:3], "+")
	}
	var x, y = swap(rt.Await2(w.Two(6, 7)))
	return fmt.Sprint(s, a, b, all, x, y, show(three(a, b))), nil
}

// DotImports calls through a dot import on both sides of awaits.
//
// async
func DotImports(w *harness.World) (string, error) {
	var b Builder
	b.WriteString(ToUpper("a"))
	t, err := rt.Await(w.Text(Repeat("b", 2)))
	if err != nil {
		return b.String(), err
	}
	b.WriteString(TrimSuffix(t, "b") + Join([]string{ToUpper(t), fmt.Sprint(num(rt.Await(w.Get(3))))}, "-"))
	return b.String(), nil
}
