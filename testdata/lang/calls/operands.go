package calls

import (
	"fmt"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// OperandsAll awaits in every kind of expression.
//
// async
func OperandsAll(w *harness.World) (s string, err error) {
	type point struct {
		x, y int
		next *point
	}
	list := []int{10, 20, 30, 40}
	m := map[string]int{"a": 1}
	x := w.Int("l", 1) + one(rt.Await(w.Get(2)))*w.Int("r", 3) - -one(rt.Await(w.Get(4)))
	s += fmt.Sprint(x, " ")
	s += fmt.Sprint(list[one(rt.Await(w.Get(1)))&3], list[w.Int("from", 1):one(rt.Await(w.Get(2)))&1+2:w.Int("cap", 4)])
	p := &point{one(rt.Await(w.Get(5))), w.Int("y", 6), &point{x: one(rt.Await(w.Get(7)))}}
	s += fmt.Sprint(*p.next, p.x, (&point{y: one(rt.Await(w.Get(8)))}).y)
	s += fmt.Sprint([...]int{2: one(rt.Await(w.Get(9))), 1}, map[string][]int{w.Str("k", "k") + "x": {one(rt.Await(w.Get(10)))}})
	s += string(rune(one(rt.Await(w.Get(65))))) + fmt.Sprint(int8(one(rt.Await(w.Get(300)))), float64(one(rt.Await(w.Get(1))))/2)
	var v any = one(rt.Await(w.Get(11)))
	s += fmt.Sprint(v.(int), any(one(rt.Await(w.Get(12)))).(int), !strings.Contains(fmt.Sprint(rt.Await0(w.Do("no"))), "script"))
	f := func(n int) func(...int) int { return func(k ...int) int { return n + len(k) } }
	s += fmt.Sprint(f(one(rt.Await(w.Get(13))))(w.Int("a", 1), one(rt.Await(w.Get(14)))), f(1)(list[one(rt.Await(w.Get(0)))&1:]...))
	s += strings.NewReplacer("1", fmt.Sprint(one(rt.Await(w.Get(15))))).Replace(strings.Repeat("1", one(rt.Await(w.Get(2)))+1))
	m[fmt.Sprint(one(rt.Await(w.Get(16))))] = w.Int("value", 17)
	q := &list[one(rt.Await(w.Get(3)))&3]
	*q++
	ch := make(chan int, 1+max(0, one(rt.Await(w.Get(0)))))
	ch <- one(rt.Await(w.Get(18)))
	s += fmt.Sprint(<-ch, len(m), list, one(rt.Await(w.Get(3)))<<w.Int("shift", 2), ^one(rt.Await(w.Get(1))), len("x")+one(rt.Await(w.Get(1))))
	return s, nil
}

// OperandsAssign awaits on both sides of every kind of assignment.
//
// async
func OperandsAssign(w *harness.World) (s string, err error) {
	a, m, i := []int{1, 2, 3}, map[int]string{}, 0
	set := func(n int) int { i = n; return n }
	x := 1
	x += one(rt.Await(w.Get(set(2)))) + i
	a[w.Int("i", 1)] *= one(rt.Await(w.Get(3))) + 4
	a[one(rt.Await(w.Get(1)))&1] -= w.Int("right", 5)
	a[one(rt.Await(w.Get(2)))&1]++
	m[w.Int("k", 1)] += "x" + fmt.Sprint(one(rt.Await(w.Get(6))))
	m[one(rt.Await(w.Get(1)))] += w.Str("y", "y")
	a[i], a[one(rt.Await(w.Get(2)))&2] = w.Int("first", 7), set(1)
	p := &x
	at := func() *int { w.Trace("at"); return p }
	*at() = one(rt.Await(w.Get(8))) + *at()
	*at() <<= one(rt.Await(w.Get(1))) & 1
	a[i], err = rt.Await(w.Get(set(0)))
	w.Trace("a", a, i, m, x)
	var st struct{ a [3]struct{ n int } }
	st.a[one(rt.Await(w.Get(1)))&1].n = one(rt.Await(w.Get(9)))
	st.a[w.Int("j", 2)].n |= one(rt.Await(w.Get(4)))
	x, x = one(rt.Await(w.Get(1))), one(rt.Await(w.Get(2)))
	_, s = rt.Await0(w.Do("blank")), fmt.Sprint(st, x)
	var b, c = one(rt.Await(w.Get(10))), w.Int("c", 11)
	const big = 1 << 10
	var f float32 = float32(one(rt.Await(w.Get(1)))) + big
	var y uint8 = 200 + uint8(one(rt.Await(w.Get(100))))
	return fmt.Sprint(s, b, c, f, y), nil
}

// OperandsStatements awaits in statements with operands.
//
// async
func OperandsStatements(w *harness.World) (s string, err error) {
	done := make(chan string, 2)
	defer w.Trace("deferred", w.Int("d", 1), one(rt.Await(w.Get(2))))
	defer func(v int, err error) { w.Trace("call", v, harness.Show(err)) }(rt.Await(w.Get(3)))
	go func(v int, s string) { done <- fmt.Sprint(v, s) }(one(rt.Await(w.Get(4))), w.Str("g", "go"))
	s = <-done
	func() {
		defer func() { s += fmt.Sprint(recover()) }()
		panic(1)
	}()
	if one(rt.Await(w.Get(5))) == 5 {
		panic(fmt.Sprint("p", one(rt.Await(w.Get(6)))))
	}
	return s + fmt.Sprint(one(rt.Await(w.Get(7)))), rt.Await0(w.Do("last"))
}

// OperandsPanic panics in operands, before and behind awaits, as Go does.
//
// async
func OperandsPanic(w *harness.World) (s string, err error) {
	var list []int
	var none *struct{ n int }
	zero := 0
	for i := range 6 {
		r, e := rt.Await(operandsPanic(w, i, list, none, zero))
		s += fmt.Sprint(r, harness.Show(e), " ")
	}
	return s, nil
}

// async
func operandsPanic(w *harness.World, i int, list []int, none *struct{ n int }, zero int) (s string, err error) {
	defer func() { s = fmt.Sprint(recover()) }()
	switch i {
	case 0:
		w.Trace("x", list[2]+one(rt.Await(w.Get(1))))
	case 1:
		w.Trace("x", one(rt.Await(w.Get(1)))/zero+w.Int("right", 1))
	case 2:
		list[5] = one(rt.Await(w.Get(1)))
	case 3:
		none.n = one(rt.Await(w.Get(1)))
	case 4:
		none.n, list[w.Int("l", 1)] = w.Int("a", 1), one(rt.Await(w.Get(1)))
	case 5:
		var m map[int]int
		m[w.Int("k", 1)] = one(rt.Await(w.Get(1)))
	}
	return "none", nil
}
