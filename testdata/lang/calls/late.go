package calls

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// LateVariables has operands that the awaited call changes: when they are
// read is what gc does, where the specification leaves it open.
//
// async
func LateVariables(w *harness.World) (string, error) {
	s := &state{n: 1, text: "a", list: []int{1}, m: map[int]int{1: 1}, any: 1}
	n, p := 1, &s.n
	join := func(vs ...any) string { return fmt.Sprint(vs...) }
	ints := func(a, b int) string { return fmt.Sprint(a, " ", b) }
	w.Trace("field", ints(s.n, one(rt.Await(s.change(w)))))
	w.Trace("pointer", ints(*p, one(rt.Await(s.change(w)))))
	w.Trace("element", ints(s.list[0], one(rt.Await(s.change(w)))))
	w.Trace("local", ints(n, one(rt.Await(s.change(w)))))
	w.Trace("sum", ints(s.n+1, one(rt.Await(s.change(w)))))
	_ = join
	return s.text, nil
}

// LateInterfaces converts operands to interfaces left of an await.
//
// async
func LateInterfaces(w *harness.World) (string, error) {
	s := &state{n: 1, text: "a", list: []int{1}, m: map[int]int{1: 1}, any: 1}
	n := 1
	set := func() int { n = 50; return n }
	w.Trace("field", s.n, one(rt.Await(s.change(w))))
	w.Trace("text", s.text, one(rt.Await(s.change(w))))
	w.Trace("local", n, one(rt.Await(s.change(w))), set())
	return s.text, nil
}

// LateOperands has a concatenation, a slice, a
// conversion and a composite literal left of an await.
//
// async
func LateOperands(w *harness.World) (string, error) {
	s := &state{n: 1, text: "a", list: []int{1}, m: map[int]int{1: 1}, any: 1}
	strs := func(a string, b int) string { return fmt.Sprint(a, " ", b) }
	list := func(a []int, b int) string { return fmt.Sprint(a, " ", b) }
	bytes := func(a []byte, b int) string { return fmt.Sprint(a, " ", b) }
	w.Trace("concat", strs(s.text+"!", one(rt.Await(s.change(w)))))
	w.Trace("convert", strs(string(s.bytes), one(rt.Await(s.change(w)))))
	w.Trace("literal", list([]int{s.n}, one(rt.Await(s.change(w)))))
	w.Trace("bytes", bytes([]byte(s.text), one(rt.Await(s.change(w)))))
	w.Trace("slice", list(s.list[:1], one(rt.Await(s.change(w)))))
	return s.text, nil
}

// LateAssertion has an assertion left of an await.
//
// async
func LateAssertion(w *harness.World) (string, error) {
	s := &state{any: 1}
	ints := func(a, b int) string { return fmt.Sprint(a, " ", b) }
	w.Trace("assert", ints(s.any.(int), one(rt.Await(s.change(w)))))
	return s.text, nil
}

// LateReturn changes what a return statement reads.
//
// async
func LateReturn(w *harness.World) (int, int, error) {
	s := &state{n: 1, list: []int{1}, m: map[int]int{}}
	return s.n, one(rt.Await(s.change(w))), nil
}

type state struct {
	n     int
	text  string
	list  []int
	bytes []byte
	m     map[int]int
	any   any
}

// async
func (s *state) change(w *harness.World) (int, error) {
	err := rt.Await0(w.Do("change"))
	s.n++
	s.text += "b"
	s.bytes = append(s.bytes, 'x')
	s.list = append([]int{s.n * 10}, s.list...)
	if s.m != nil {
		s.m[1]++
	}
	s.any = s.n
	return s.n, err
}

// LatePanics has operands that panic left of an await.
//
// async
func LatePanics(w *harness.World) (n int, err error) {
	for i := range 5 {
		err = rt.Await0(latePanic(w, i))
		w.Err("latePanic", err)
	}
	return
}

// async
func latePanic(w *harness.World, how int) (err error) {
	defer func() { w.Trace("recovered", fmt.Sprint(recover())) }()
	ints := func(a, b int) int { return a + b }
	var p *state
	var list []int
	var i any
	zero := 0
	switch how {
	case 0:
		w.Trace("x", ints(p.n, one(rt.Await(w.Get(1)))))
	case 1:
		w.Trace("x", ints(list[3], one(rt.Await(w.Get(2)))))
	case 2:
		w.Trace("x", ints(one(rt.Await(w.Get(3))), i.(int)))
	case 3:
		w.Trace("x", ints(1/zero, one(rt.Await(w.Get(4)))))
	case 4:
		var f func(int, int) int
		w.Trace("x", f(w.Int("argument", 1), one(rt.Await(w.Get(5)))))
	}
	return nil
}

// LateReceivers calls methods of what is converted to an interface before an
// await that changes it, and of interfaces and structs.
//
// async
func LateReceivers(w *harness.World) (string, error) {
	p := pair{1, "a"}
	set := func(n int) (int, error) {
		p.n += n
		return n, rt.Await0(w.Do("set"))
	}
	w.Trace("converted", shower(p).show(one(rt.Await(set(1)))))
	w.Trace("asserted", any(p).(shower).show(one(rt.Await(set(1)))))
	w.Trace("itself", p.show(one(rt.Await(set(1)))))
	w.Trace("pointer", shower(&p).show(one(rt.Await(set(1)))))
	s := shower(p)
	w.Trace("variable", s.show(one(rt.Await(set(1)))))
	w.Trace("argument", show(p, one(rt.Await(set(1)))), show(shower(p), one(rt.Await(set(1)))))
	return p.show(0), nil
}

type shower interface{ show(int) string }

type pair struct {
	n    int
	text string
}

func (p pair) show(n int) string { return fmt.Sprint(p, n) }

func show(s shower, n int) string { return s.show(n) }
