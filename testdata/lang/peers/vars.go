package peers

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// LoopCaptures captures the variables of for clauses, which are new in each
// iteration, before and after awaits.
//
// async
func LoopCaptures(w *harness.World) (s string, err error) {
	var fs []func() int
	for i, j := 0, 10; i < 3; i, j = i+1, j-1 {
		fs = append(fs, func() int { i += 10; return i + j })
		if rt.Await0(w.Do("one")) != nil {
			j += 100
		}
		fs = append(fs, func() int { j++; return i })
	}
	for i, v := range []int{4, 5} {
		fs = append(fs, func() int { v += i + 1; return v })
		if rt.Await0(w.Do("two")) != nil {
			continue
		}
		v *= 2
	}
	for range 2 {
		for _, f := range fs {
			s += fmt.Sprint(f(), " ")
		}
	}
	return s, nil
}

// BlockCaptures captures, and takes addresses of, locals of blocks in loops.
//
// async
func BlockCaptures(w *harness.World) (s string, err error) {
	var fs []func() int
	var ps []*int
	for i := range 3 {
		n := i * 10
		{
			n := n + 1
			ps = append(ps, &n)
			fs = append(fs, func() int { n += 2; return n })
			if rt.Await0(w.Do("block")) != nil {
				n += 1000
			}
		}
		if m, err := rt.Await(w.Get(n)); err == nil {
			ps = append(ps, &m, &n)
			rt.Await0(w.Do("if"))
			m += 5
		}
		switch k := n + i; {
		case k >= 0:
			p := &k
			rt.Await0(w.Do("switch"))
			*p++
			fs = append(fs, func() int { return *p + k })
		}
	}
	for _, f := range fs {
		s += fmt.Sprint(f(), " ")
	}
	for _, p := range ps {
		*p *= 2
		s += fmt.Sprint(*p, ",")
	}
	for _, f := range fs {
		s += fmt.Sprint(" ", f())
	}
	return s, nil
}

// OneVariable shares one variable between closures, the body and a pointer.
//
// async
func OneVariable(w *harness.World) (s string, err error) {
	n := 1
	up, get := func() { n++ }, func() int { return n }
	p := &n
	up()
	rt.Await0(w.Do("a"))
	*p *= 10
	n += 3
	rt.Await0(w.Do("b"))
	up()
	s = fmt.Sprint(n, *p, get())
	if n := w.Str("shadow", "inner"); n != "" {
		func() { n += "!"; up() }()
		rt.Await0(w.Do("c"))
		s += n
	}
	return fmt.Sprint(s, n, *p, get()), nil
}

type animal interface{ name() string }
type cat struct{ n string }
type dog struct{ n *string }

func (c cat) name() string { return c.n }
func (d dog) name() string { return *d.n }

// TypeSwitchChanges changes the operand of a type switch, and the variables
// of its clauses, which share a name and no type.
//
// async
func TypeSwitchChanges(w *harness.World) (s string, err error) {
	name := "rex"
	var v any = 1
	for i := range 5 {
		switch x := v.(type) {
		case int:
			v = "next"
			rt.Await0(w.Do("int"))
			x++
			s += fmt.Sprintf("%T%v ", x, x)
		case string:
			v = cat{x}
			x += fmt.Sprint(num(rt.Await(w.Get(i))))
			s += fmt.Sprintf("%T%v ", x, x)
		case cat, dog:
			v = dog{&name}
			if rt.Await0(w.Do("animal")) != nil {
				x = nil
			}
			s += fmt.Sprintf("%T ", x)
			if i == 3 {
				v = animal(cat{"tom"})
				name = "max"
			}
		}
		switch x := v.(type) {
		case animal:
			rt.Await0(w.Do("name"))
			s += x.name()
		case nil:
			s += "nil"
		}
	}
	return s, nil
}

// TypeSwitchKinds switches over types with the same underlying type, over
// interfaces, and over an operand that awaits.
//
// async
func TypeSwitchKinds(w *harness.World) (s string, err error) {
	wrap := func(n int, err error) any {
		switch {
		case err != nil:
			return err
		case n == 1:
			return small(n)
		case n == 2:
			return int8(n)
		case n == 3:
			return wide(n)
		case n == 4:
			return names{"x"}
		}
		return nil
	}
	for i := range 5 {
		switch x := wrap(rt.Await(w.Get(i + 1))).(type) {
		case int8:
			x += 100
			s += fmt.Sprint("int8 ", x)
		case small:
			s += fmt.Sprint("small ", x+1, num(rt.Await(w.Get(5))))
		case error:
			s += harness.Show(x)
		case fmt.Stringer, wide:
			rt.Await0(w.Do("wide"))
			s += fmt.Sprint("wide ", x)
		case []string:
			s += "plain"
		case names:
			x = append(x, "y")
			rt.Await0(w.Do("names"))
			s += fmt.Sprint(x, len(x))
		case nil:
			s += fmt.Sprint(x)
		}
	}
	return s, nil
}

type number interface{ ~int | ~int8 | ~uint64 }

// async
func addUp[N number, L ~[]N](w *harness.World, list L, limit N) (sum N, err error) {
	for i, n := range list {
		if _, err := rt.Await(w.Get(int(n))); err != nil {
			list[i] = 0
			continue
		}
		sum += n
		switch {
		case sum > limit:
			return sum, nil
		}
	}
	for i := N(0); i < limit; i++ {
		rt.Await0(w.Do("limit"))
		sum += i
	}
	switch any(sum).(type) {
	case small:
		sum++
		rt.Await0(w.Do("small"))
		sum++
	}
	return sum, nil
}

// CoreTypes uses type parameters where their underlying types count.
//
// async
func CoreTypes(w *harness.World) (string, error) {
	a, err1 := rt.Await(addUp(w, []int{1, 2}, 2))
	b, err2 := rt.Await(addUp(w, []small{3, 4}, 100>>6))
	c, err3 := rt.Await(addUp(w, []wide(nil), 3))
	return fmt.Sprintf("%T%v %T%v %T%v %v", a, a, b, b, c, c, err1 == nil && err2 == nil && err3 == nil), nil
}

// async
func localTypes1(w *harness.World) (string, error) {
	type key struct{ a, b int }
	s := fmt.Sprintf("%T %v", key{1, 2}, any(key{1, 2}) == any(key{1, 2}))
	n, err := rt.Await(w.Get(1))
	return fmt.Sprint(s, n, key{n, n}), err
}

// async
func localTypes2(w *harness.World) (string, error) {
	type key string
	n, err := rt.Await(w.Get(2))
	return fmt.Sprintf("%T %v %v", key("x"), key("y"), n), err
}

// LocalTypes has types of one name in two functions, which keep their names.
//
// async
func LocalTypes(w *harness.World) (string, error) {
	a, err1 := rt.Await(localTypes1(w))
	b, err2 := rt.Await(localTypes2(w))
	return fmt.Sprint(a, b, harness.Show(err1), harness.Show(err2)), nil
}

type counter struct {
	n    int
	self *counter
}

// AddressKept compares addresses before and after suspensions: nothing was
// copied.
//
// async
func AddressKept(w *harness.World) (s string, err error) {
	var c counter
	c.self = &c
	a := [3]int{1, 2, 3}
	p := &a[1]
	view := a[:]
	rt.Await0(w.Do("a"))
	c.n++
	*p = 20
	view[2] = 30
	s = fmt.Sprint(c.self == &c, c.self.n, a, p == &a[1])
	for i := range 2 {
		d := c
		d.self = &d
		rt.Await0(w.Do("d"))
		d.self.n += i
		s += fmt.Sprint(d.self == &d, d.n, c.n)
	}
	return s, nil
}
