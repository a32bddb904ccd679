// Package local holds programs about types and constants of functions.
package local

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

func val(v int, err error) int {
	if err != nil {
		return -1
	}
	return v
}

// TypesFields keeps variables of local types across awaits.
//
// async
func TypesFields(w *harness.World) (string, error) {
	// A vertex is a point in the plane.
	type vertex struct {
		X, Y int    // across, up
		name string `json:"-"`
	}
	type path []vertex
	p := vertex{1, 2, "p"}
	ps := path{{3, 4, "q"}, {X: 5}, p}
	byName := map[string]*vertex{"p": &p, "z": {name: "z"}}
	if err := rt.Await0(w.Do("x")); err != nil {
		p.X = -1
		ps = append(ps, vertex{name: harness.Show(err)})
	}
	byName["p"].Y++
	for i, v := range ps {
		ps[i].X += val(rt.Await(w.Get(v.Y)))
	}
	text, _ := json.Marshal(struct {
		A int `json:"a"`
		B vertex
	}{1, p})
	return fmt.Sprintf("%T %v %+v %T %v %v %s", p, p, ps, byName, len(byName), byName["z"].name, text), nil
}

// TypesRecursive has a list and a tree of local types.
//
// async
func TypesRecursive(w *harness.World) (s string, err error) {
	type list struct {
		v    int
		next *list
	}
	type tree struct {
		kids map[string]tree
		at   func(tree) list
		ch   chan *tree
		l    list
	}
	var l *list
	t := tree{kids: map[string]tree{}, ch: make(chan *tree, 1)}
	for i := range 3 {
		l = &list{val(rt.Await(w.Get(i))), l}
		t.kids[fmt.Sprint(i)] = tree{l: *l}
	}
	t.at = func(t tree) list { return t.kids["1"].l }
	if err := rt.Await0(w.Do("x")); err != nil {
		l.v = 9
	}
	t.ch <- &t
	for n := l; n != nil; n = n.next {
		s += fmt.Sprint(n.v, " ")
	}
	return s + fmt.Sprintf("%v %T", t.at(t).v, <-t.ch), rt.Await0(w.Do("y"))
}

// TypesShadowed has types of one name in several blocks, one of which the
// package has too.
//
// async
func TypesShadowed(w *harness.World) (s string, err error) {
	type item struct{ a int }
	x := item{1}
	{
		type outer = item
		type item struct {
			o    outer
			self *item
		}
		y := item{o: x}
		y.self = &y
		if err := rt.Await0(w.Do("y")); err != nil {
			y.o.a = 5
		}
		s += fmt.Sprint(y.self.o.a, x)
	}
	for i := range 2 {
		type item string
		z := item(fmt.Sprint("z", i))
		type thing map[item]item
		m := thing{z: "m"}
		if err := rt.Await0(w.Do(string(z))); err != nil {
			z += "!"
		}
		var a any = z
		switch a := a.(type) {
		case outerItem:
			s += "outer"
		case item:
			s += string(a+"?") + fmt.Sprint(m)
		}
	}
	w.Trace("x", x, s)
	return s, rt.Await0(w.Do("z"))
}

type (
	outerItem struct{}
	thing     int
)

// TypesSame has a type of the name that TypesFields has one of.
//
// async
func TypesSame(w *harness.World) (string, error) {
	type vertex [2]int
	v := vertex{1, 2}
	if err := rt.Await0(w.Do("x")); err != nil {
		v[1] = 7
	}
	return fmt.Sprint(v), nil
}

// TypesAliases has local aliases.
//
// async
func TypesAliases(w *harness.World) (string, error) {
	type names = []string
	type pair struct {
		names
		n  int
		ch chan (<-chan int)
	}
	type in = <-chan int
	p := pair{names: names{"a"}}
	q := struct {
		names
		c chan in
	}{c: make(chan in, 1)}
	q.names = append(q.names, "b")
	var r in
	if err := rt.Await0(w.Do("x")); err != nil {
		p.names = nil
	}
	p.ch, r = q.c, nil
	p.ch <- r
	w.Trace("q", q.names, len(q.c), <-p.ch)
	if err := rt.Await0(w.Do("y")); err != nil {
		p.n = len(p.names)
	}
	return fmt.Sprintf("%+v", p.names) + fmt.Sprint(p.n, r == nil), nil
}

// TypesInterfaces has local interfaces and function types.
//
// async
func TypesInterfaces(w *harness.World) (s string, err error) {
	type shower interface {
		fmt.Stringer
		Len() int
	}
	type showers []shower
	type apply func(shower, ...int) (n int, s fmt.Stringer)
	var b strings.Builder
	b.WriteString("b")
	var sh shower = &b
	f := apply(func(s shower, more ...int) (int, fmt.Stringer) { return s.Len() + len(more), s })
	length := shower.Len
	list := showers{sh, nil}
	if rt.Await0(w.Do("x")) != nil {
		b.WriteString("c")
	}
	n, t := f(sh, 1, 2)
	s = fmt.Sprintf("%v %v %v %v %T", n, t, length(sh), list[0], f)
	if _, ok := any(val(rt.Await(w.Get(1)))).(shower); ok {
		return "an int has no methods", nil
	}
	x, is := any(t).(shower)
	if err := rt.Await0(w.Do("y")); err != nil {
		return fmt.Sprint(s, x.Len(), is), err
	}
	return fmt.Sprint(s, x, is), nil
}

// TypesSwitch switches over local types.
//
// async
func TypesSwitch(w *harness.World) (s string, err error) {
	type a int
	type b struct{ a }
	type c = *b
	for i, v := range []any{a(1), b{2}, c(nil), &b{3}, 4, nil} {
		switch v := v.(type) {
		case a:
			s += fmt.Sprint("a", v+a(val(rt.Await(w.Get(i)))))
		case b:
			rt.Await0(w.Do("b"))
			s += fmt.Sprint("b", v.a+1)
		case c:
			s += fmt.Sprint("c", v == nil)
			if rt.Await0(w.Do("c")) == nil && v != nil {
				v.a++
				s += fmt.Sprint(v.a, *v)
			}
		default:
			s += fmt.Sprint(v)
		}
	}
	return s, nil
}

type byLen []string

// async
func get[T any](w *harness.World, v T) (T, error) {
	err := rt.Await0(w.Do("get"))
	return v, err
}

// TypesArguments has local types as type arguments.
//
// async
func TypesArguments(w *harness.World) (string, error) {
	type key string
	type entry struct {
		k key
		n int
	}
	e, err := rt.Await(get(w, entry{"k", 1}))
	if err != nil {
		e.n = 2
	}
	es, err := rt.Await(get[[]entry](w, []entry{e, {"l", 0}}))
	sort.Slice(es, func(i, j int) bool { return es[i].n < es[j].n })
	m, err2 := rt.Await(get(w, map[key]*entry{"m": &e}))
	b := box[entry]{v: e}
	if err := rt.Await0(b.swap(w, entry{"new", 5})); err != nil {
		b.v.n++
	}
	list, err3 := rt.Await(rt.Gather(func() (entry, error) { return rt.Await(get(w, e)) }))
	return fmt.Sprint(e, es, len(m), m["m"], b, err, err2, list, err3), nil
}

type box[T any] struct{ v T }

// async
func (b *box[T]) swap(w *harness.World, v T) error {
	type old struct{ v T }
	o := old{b.v}
	b.v = v
	if err := rt.Await0(w.Do("swap")); err != nil {
		b.v = o.v
		return fmt.Errorf("%T: %w", o, err)
	}
	return nil
}
