package calls

import (
	"fmt"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// PlacesCommaOk awaits in operands of the forms with two values.
//
// async
func PlacesCommaOk(w *harness.World) (s string, err error) {
	m := map[int]string{1: "one"}
	v, found := m[one(rt.Await(w.Get(1)))]
	box := func(n int) any { return n }
	n, isInt := box(one(rt.Await(w.Get(2)))).(int)
	_, isText := box(one(rt.Await(w.Get(3)))).(string)
	ch := make(chan int, 2)
	ch <- 7
	close(ch)
	pick := func(int) chan int { return ch }
	a, open := <-pick(one(rt.Await(w.Get(4))))
	b, still := <-pick(one(rt.Await(w.Get(5))))
	var ok2 bool
	list := []any{nil, nil}
	list[one(rt.Await(w.Get(1)))&1], ok2 = m[w.Int("key", 9)]
	if x, ok := m[one(rt.Await(w.Get(1)))]; ok && x == v {
		s = "same "
	}
	m[w.Int("k", 2)], found = "two", found && one(rt.Await(w.Get(6))) == 6
	return fmt.Sprint(s, v, found, n, isInt, isText, a, open, b, still, list, ok2, m), nil
}

// PlacesBuiltins awaits in the arguments of builtin functions.
//
// async
func PlacesBuiltins(w *harness.World) (s string, err error) {
	list := append([]int{w.Int("first", 0)}, one(rt.Await(w.Get(1))), w.Int("x", 2))
	list = append(list, list[:one(rt.Await(w.Get(2)))&3]...)
	m := map[int]int{1: 1, 2: 2, 3: 3}
	delete(m, one(rt.Await(w.Get(2))))
	copied := copy(list[w.Int("to", 1):], []int{8, one(rt.Await(w.Get(9)))})
	bytes := copy(make([]byte, 4+one(rt.Await(w.Get(1)))), strings.Repeat("z", one(rt.Await(w.Get(3)))))
	s = fmt.Sprint(min(one(rt.Await(w.Get(4))), w.Int("y", 3), 5), max(2.5, float64(one(rt.Await(w.Get(1))))), len(list[:one(rt.Await(w.Get(2)))&3]))
	c := complex(float64(one(rt.Await(w.Get(1)))), float64(w.Int("im", 2)))
	arrays := len([2]int{one(rt.Await(w.Get(7))), 1}) + cap(make([]int, 0, one(rt.Await(w.Get(6)))+1))
	p := new(one(rt.Await(w.Get(5))))
	ch := make(chan int)
	pick := func(int) chan int { return ch }
	close(pick(one(rt.Await(w.Get(1)))))
	<-ch
	get := func(int) map[int]int { return m }
	clear(get(one(rt.Await(w.Get(1)))))
	return fmt.Sprint(s, list, copied, bytes, real(c)+imag(c), arrays, *p, len(m)), nil
}

type value struct {
	n    int
	list []int
	next *value
}

func (v value) add(n int) value        { v.n += n; return v }
func (v *value) grow(ns ...int) *value { v.list = append(v.list, ns...); v.n++; return v }

// PlacesSelectors awaits below selectors, dereferences and method values.
//
// async
func PlacesSelectors(w *harness.World) (s string, err error) {
	v := value{n: 1, next: &value{n: 2}}
	at := func(n int) *value {
		if n > 1 {
			return v.next
		}
		return &v
	}
	a := at(one(rt.Await(w.Get(2)))).n + (*at(one(rt.Await(w.Get(1))))).n
	f := at(one(rt.Await(w.Get(1)))).add
	g := at(one(rt.Await(w.Get(2)))).grow
	v.n, v.next.n = 100, 200
	b := f(one(rt.Await(w.Get(5)))).add(w.Int("more", 1)).n
	g(w.Int("g", 1), one(rt.Await(w.Get(6)))).grow().grow(one(rt.Await(w.Get(7))))
	*at(one(rt.Await(w.Get(1)))) = value{n: one(rt.Await(w.Get(8))), next: v.next}
	h := value.add
	k := (*value).grow
	c := h(*at(one(rt.Await(w.Get(2)))), one(rt.Await(w.Get(9))))
	k(&v, []int{1, one(rt.Await(w.Get(2)))}...).next.list[one(rt.Await(w.Get(0)))&1]++
	return fmt.Sprint(s, a, b, v.n, v.list, *v.next, c.n), nil
}

// PlacesCalls awaits in the function of a call, and in arguments of literals
// that are called at once.
//
// async
func PlacesCalls(w *harness.World) (s string, err error) {
	table := []func(...int) int{
		func(n ...int) int { w.Trace("zero", n); return len(n) },
		func(n ...int) int { w.Trace("one", n); return -len(n) },
	}
	a := table[one(rt.Await(w.Get(1)))&1](w.Int("x", 1), one(rt.Await(w.Get(2))))
	b := func(n int, s ...string) string { return fmt.Sprint(n, s) }(one(rt.Await(w.Get(3))), w.Str("s", "t"))
	curried := func(n int) func(int) func() int {
		w.Trace("curried", n)
		return func(m int) func() int { w.Trace("second", m); return func() int { return n*10 + m } }
	}
	c := curried(one(rt.Await(w.Get(4))))(one(rt.Await(w.Get(5))))()
	d := fmt.Sprint(curried(w.Int("n", 6))(one(rt.Await(w.Get(7))))(), strings.Join([]string{"j", fmt.Sprint(one(rt.Await(w.Get(8))))}, b))
	var none func(int) int
	defer func() { s += fmt.Sprint(a, b, c, d, recover()) }()
	return "", fmt.Errorf("%d", none(one(rt.Await(w.Get(9)))))
}

// PlacesDeclarations awaits in groups of declarations, of which some hide
// what others use.
//
// async
func PlacesDeclarations(w *harness.World) (s string, err error) {
	x := 1
	var (
		a, b         = x + one(rt.Await(w.Get(1))), w.Int("b", x)
		c    float64 = float64(one(rt.Await(w.Get(2)))) / 4
		d    any
		e    = []any{d, one(rt.Await(w.Get(3)))}
	)
	{
		x := x + one(rt.Await(w.Get(x*4)))
		var a, x2 = a + x, x * 2
		a, y := a+1, one(rt.Await(w.Get(a)))
		s = fmt.Sprint(x, a, x2, y, " ")
	}
	const k = 3
	var array [k]int
	array[one(rt.Await(w.Get(1)))%k], array[0] = k, x
	x, z := one(rt.Await(w.Get(5))), x
	if x := x + one(rt.Await(w.Get(6))); x > z {
		x, err := rt.Await(w.Get(x))
		s += fmt.Sprint(x, harness.Show(err))
	}
	return fmt.Sprint(s, a, b, c, d, e, array, x, z), nil
}

// PlacesDefers awaits in receivers, functions and arguments of deferred calls
// and go statements.
//
// async
func PlacesDefers(w *harness.World) (s string, err error) {
	done := make(chan string, 4)
	v := &value{n: 1}
	at := func(n int) *value { w.Trace("at", n); return v }
	defer at(one(rt.Await(w.Get(1)))).grow(one(rt.Await(w.Get(2))), w.Int("d", 3))
	run := func(n int) func(string) { return func(what string) { done <- fmt.Sprint(n, what) } }
	go run(one(rt.Await(w.Get(4))))(w.Str("go", "g"))
	s = <-done
	for i := range 2 {
		defer run(i + one(rt.Await(w.Get(5))))(fmt.Sprint("deferred", i))
	}
	defer func(list ...int) { s += fmt.Sprint(list, len(done)) }([]int{one(rt.Await(w.Get(6)))}...)
	defer func() { v.n += one(rt.Await(w.Get(7))) }()
	return s, rt.Await0(w.Do("end"))
}

// PlacesComparisons compares structs, arrays, interfaces and pointers that
// awaits are part of.
//
// async
func PlacesComparisons(w *harness.World) (s string, err error) {
	type pair struct{ a, b any }
	a := pair{1, "x"} == pair{one(rt.Await(w.Get(1))), "x"}
	b := [2]int{one(rt.Await(w.Get(1))), w.Int("two", 2)} != [...]int{1, 2}
	c := any(one(rt.Await(w.Get(3)))) == any(w.Int("three", 3))
	var e error
	d := e == rt.Await0(w.Do("error"))
	p := &value{n: 1}
	f := func(n int) *value { return map[bool]*value{true: p}[n == 4] }
	g := f(one(rt.Await(w.Get(4)))) == p && f(w.Int("five", 5)) == nil
	h := one(rt.Await(w.Get(6))) < w.Int("seven", 7) == (one(rt.Await(w.Get(8))) >= 8)
	defer func() { s += fmt.Sprint(a, b, c, d, g, h, recover() != nil) }()
	return fmt.Sprint(any([]int{1}) == any(map[bool]any{true: []int{}}[one(rt.Await(w.Get(9))) == 9])), nil
}

// PlacesGroups has groups of declarations in which each may use those before
// it.
//
// async
func PlacesGroups(w *harness.World) (s string, err error) {
	var (
		a    = w.Int("a", 3)
		b    = one(rt.Await(w.Get(a + 1)))
		c, d = a + b, one(rt.Await(w.Get(a * b)))
		e    int
		f    = func() int { a++; e++; return a + e }
	)
	var (
		g = f() + one(rt.Await(w.Get(f())))
		h = [2]int{a, g}
		p = &h
	)
	p[0] += one(rt.Await(w.Get(h[1])))
	return fmt.Sprint(a, b, c, d, e, f(), g, h), nil
}

// PlacesEffects has builtin functions with effects left of awaits, whose
// arguments see them.
//
// async
func PlacesEffects(w *harness.World) (s string, err error) {
	a := []int{1, 2, 3}
	at := func(i int) int { return a[i] }
	s = fmt.Sprint(append(a[:1], 9), one(rt.Await(w.Get(at(1)))))
	s += fmt.Sprint(copy(a, []int{7, 8}), one(rt.Await(w.Get(at(0)))), append(a[:2], 5)[2], one(rt.Await(w.Get(at(2)))))
	return fmt.Sprint(s, max(at(0), one(rt.Await(w.Get(1)))), a), nil
}

// PlacesDeferBuiltins defers builtin functions with arguments that await.
//
// async
func PlacesDeferBuiltins(w *harness.World) (s string, err error) {
	m, ch, a := map[int]string{1: "x", 2: "y"}, make(chan int, 1), []int{1, 2, 3}
	defer func() {
		closed := false
		select {
		case <-ch:
			closed = true
		default:
		}
		s += fmt.Sprint(m, closed, a, recover())
	}()
	pick := func(int) chan int { return ch }
	defer close(pick(one(rt.Await(w.Get(1)))))
	defer delete(m, one(rt.Await(w.Get(2))))
	defer copy(a[one(rt.Await(w.Get(1)))&1:], []int{w.Int("eight", 8)})
	if rt.Await0(w.Do("x")) == nil {
		defer panic(fmt.Sprint("p", one(rt.Await(w.Get(3)))))
	}
	m[3] = "z"
	return "", rt.Await0(w.Do("y"))
}
