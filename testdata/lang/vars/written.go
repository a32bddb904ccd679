package vars

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// WrittenWhole has variables that closures captured and that are only written
// as a whole after an await, which reads where they are.
//
// async
func WrittenWhole(w *harness.World) (s string, err error) {
	n, text := 1, "a"
	get := func() string { return fmt.Sprint(n, text) }
	rt.Await0(w.Do("x"))
	n = 5
	rt.Await0(w.Do("y"))
	text, n = "b", 6
	s = get()
	var late int
	p := &late
	rt.Await0(w.Do("z"))
	late = 7
	return fmt.Sprint(s, *p), nil
}

// WrittenFields has structs and arrays that closures captured, of which parts
// are written.
//
// async
func WrittenFields(w *harness.World) (s string, err error) {
	st := struct {
		n    int
		in   struct{ list [2]int }
		more *int
	}{n: 1}
	a := [2]string{"x", "y"}
	get := func() string { return fmt.Sprint(st.n, st.in, a) }
	rt.Await0(w.Do("x"))
	st.n = 5
	s = get()
	b := struct{ list [2]int }{}
	sum := func() int { return b.list[0] + b.list[1] }
	rt.Await0(w.Do("y"))
	b.list[1] += 7
	st.in = b
	c := [2]string{"p", "q"}
	first := func() string { return c[0] }
	rt.Await0(w.Do("z"))
	c[0] = "r"
	return fmt.Sprint(s, get(), sum(), first()), nil
}

// WrittenRanges has variables that a closure captured and that only range
// clauses write, as keys and as values.
//
// async
func WrittenRanges(w *harness.World) (s string, err error) {
	var i, v int
	var k string
	get := func() string { return fmt.Sprint(i, v, k, " ") }
	rt.Await0(w.Do("x"))
	for i = range 3 {
		s += get()
	}
	for _, v = range []int{5, 6} {
		s += get()
	}
	rt.Await0(w.Do("y"))
	for k = range map[string]int{"a": 1} {
		s += get()
	}
	return s + get(), nil
}

// WrittenViews slices arrays that are new in each iteration.
//
// async
func WrittenViews(w *harness.World) (s string, err error) {
	var views [][]int
	var alls [][2]int
	for i := range 3 {
		var a [2]int
		views = append(views, a[:])
		if rt.Await0(w.Do("a")) != nil {
			a[1] = 10
		}
		a[0] = i + 1
		st := struct{ in [2]int }{[2]int{i, i}}
		views = append(views, st.in[1:])
		rt.Await0(w.Do("st"))
		st.in[1]++
		alls = append(alls, a, st.in)
	}
	for _, v := range views {
		v[0] *= 2
	}
	return fmt.Sprint(views, alls), nil
}

// WrittenAgain has variables of one name and type, one after the other, which
// may share a field.
//
// async
func WrittenAgain(w *harness.World) (s string, err error) {
	for i := range 2 {
		{
			list := []int{i}
			rt.Await0(w.Do("one"))
			s += fmt.Sprint(list)
		}
		{
			list := []int{i, i}
			rt.Await0(w.Do("two"))
			s += fmt.Sprint(list)
			rt.Await0(w.Do("three"))
			s += fmt.Sprint(len(list))
		}
		if list := []int{8}; i == 1 {
			rt.Await0(w.Do("four"))
			s += fmt.Sprint(list)
		}
	}
	{
		list := []int{9, 9}
		rt.Await0(w.Do("five"))
		list = append(list, 1)
		rt.Await0(w.Do("six"))
		return fmt.Sprint(s, list), nil
	}
}

// WrittenRenewed captures a loop variable that only the clause refers to
// otherwise.
//
// async
func WrittenRenewed(w *harness.World) (s string, err error) {
	var fs []func() int
	for i, stop := 0, false; !stop; stop = len(fs) > 2 {
		fs = append(fs, func() int { i += 3; return i })
		i := len(fs)
		if rt.Await0(w.Do(fmt.Sprint(i))) != nil {
			fs = append(fs, func() int { i--; return i })
		}
	}
	for _, f := range fs {
		s += fmt.Sprint(f(), f(), " ")
	}
	return s, nil
}

// ConstantsNested has constants that hide variables and one another, and are
// defined by those that they hide.
//
// async
func ConstantsNested(w *harness.World) (s string, err error) {
	const a, b = 1, "outer"
	x := 10
	rt.Await0(w.Do("one"))
	{
		const a = a + 1
		const x = a * 3
		rt.Await0(w.Do("two"))
		s += fmt.Sprint(a, x, " ")
		for b := range a {
			const a = x << 1
			rt.Await0(w.Do("three"))
			s += fmt.Sprint(a, b, " ")
		}
	}
	const (
		first = iota * a
		_
		third
		last = len(b) + third
	)
	var list [last]int
	if rt.Await0(w.Do("four")) == nil {
		a := list[third] + x
		rt.Await0(w.Do("five"))
		list[a%last]++
	}
	return fmt.Sprint(s, a, b, x, first, third, last, list), nil
}
