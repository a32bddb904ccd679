package local

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// MoreParams hides type parameters and gives blank ones names.
//
// async
func MoreParams(w *harness.World) (string, error) {
	a, err := rt.Await(hideParam(w, "v", 3))
	w.Err("a", err)
	b, err := rt.Await(blank[int, string]{1}.get(w, 2))
	w.Err("b", err)
	c, err := rt.Await((&blank[int, string]{1}).none(w))
	return fmt.Sprint(a, b, c), err
}

// async
func hideParam[T any, E ~int](w *harness.World, v T, e E) (string, error) {
	zero := *new(T)
	s := ""
	{
		type T struct{ n E }
		x, y := T{1}, []T{{2}}
		if err := rt.Await0(w.Do("x")); err != nil {
			x.n = e
		}
		s = fmt.Sprint(x, y)
	}
	if e > 0 {
		type E string
		T := E("e")
		if err := rt.Await0(w.Do("y")); err != nil {
			T += "!"
		}
		s += string(T)
	}
	f := func() (E, T) { return e, zero }
	err := rt.Await0(rt.Shield0(func() error {
		const E = 4
		type U = T
		type T [E]U
		var all T
		all[E-1], s = zero, s+fmt.Sprint(len(all))
		return rt.Await0(w.Do("z"))
	}))
	n, t := f()
	return fmt.Sprint(s, n, t), err
}

type blank[T, K any] struct{ v T }

// async
func (b blank[_, T]) get(w *harness.World, n int) (string, error) {
	type held struct {
		b blank[int, T]
		n int
	}
	h, v := held{n: n}, b.v
	if err := rt.Await0(w.Do("get")); err != nil {
		h.n = -1
	}
	return fmt.Sprintf("%v %T %v", h.n, v, v), nil
}

// async
func (b *blank[_, _]) none(w *harness.World) (string, error) {
	v := b.v
	p := &v
	err := rt.Await0(rt.Shield0(func() error {
		before := *p
		err := rt.Await0(w.Do("none"))
		b.v, *p = before, v
		return err
	}))
	return fmt.Sprint(*p, v), err
}

// MoreBlank has blank declarations of every kind.
//
// async
func MoreBlank(w *harness.World) (string, error) {
	const _, a, _ = "x", iota + 1, 2
	type _ struct{ _, n int }
	type kept struct {
		_ int
		n int
		_ string
	}
	type (
		first  int
		second struct{ f first }
	)
	var _, k = w.Int("blank", 1), kept{n: a}
	for _ = range 2 {
		_, err := rt.Await(w.Get(k.n))
		_ = err
		k.n++
	}
	f := second{first(k.n)}
	use := func(_ int, _ ...second) (_ string, n first) { n = f.f; return }
	if err := rt.Await0(w.Do("x")); err != nil {
		_, f.f = use(1, f, f)
	}
	_, n := use(2)
	return fmt.Sprint(k.n, n, f), nil
}

// MoreOthers has values of types that another package does not export, where
// nothing needs their names.
//
// async
func MoreOthers(w *harness.World) (string, error) {
	order := binary.LittleEndian
	n := order.Uint16([]byte{1, 2})
	var kept binary.ByteOrder = order
	if err := rt.Await0(w.Do("x")); err != nil {
		kept = binary.BigEndian
	}
	big := binary.BigEndian
	return fmt.Sprint(n, kept.Uint16([]byte{1, 2}), big.String()), nil
}

// MoreFunctions has types called like functions of the package.
//
// async
func MoreFunctions(w *harness.World) (string, error) {
	v, err := rt.Await(get(w, 1))
	{
		type get struct{ val int }
		type getAsync []get
		type val = get
		g, h := val{v}, getAsync{{2}}
		if err := rt.Await0(w.Do("x")); err != nil {
			g.val = 3
		}
		w.Trace("g", g, h)
	}
	n, err2 := rt.Await(get(w, val(v, err)))
	return fmt.Sprint(n, harness.Show(err2)), nil
}

// MoreEmbedded embeds local types and aliases, with promoted fields and
// methods.
//
// async
func MoreEmbedded(w *harness.World) (string, error) {
	type text = strings.Builder
	type counter[T any] struct {
		n    int
		last T
	}
	type count = counter[string]
	type sheet struct {
		*text
		count
		fmt.Stringer
	}
	p := sheet{text: new(text)}
	p.Stringer = p.text
	for i := range 3 {
		p.n += val(rt.Await(w.Get(i)))
		p.WriteString(fmt.Sprint(i))
		p.last = p.text.String()
	}
	var s interface {
		WriteString(string) (int, error)
		Len() int
	} = p
	err := rt.Await0(rt.Shield0(func() error {
		q := struct {
			sheet
			n int
		}{p, 1}
		err := rt.Await0(w.Do("x"))
		q.n += q.count.n
		q.WriteString(fmt.Sprint("q", q.n))
		return err
	}))
	return fmt.Sprintf("%v %v %v %+v %v", s.Len(), p.Stringer, p.last, p.count, harness.Show(err)), nil
}

// MoreSlots has local types of functions that are awaited.
//
// async
func MoreSlots(w *harness.World) (string, error) {
	type job struct {
		name string
		run  func(n int) (thePage, error)

		runAsync func(n int) rt.Awaitable[thePage]
	}
	type page struct{ n int }
	j := job{name: "j", run: func(n int) (p thePage, err error) {
		p.n, err = rt.Await(w.Get(n))
		return p, err
	}}
	f := func(n int) (page, error) {
		type page int
		v, err := rt.Await(w.Get(n))
		return struct{ n int }{int(page(v) + 1)}, err
	}
	a, err := rt.Await(j.run(1))
	w.Err("a", err)
	b, err := rt.Await(f(2))
	return fmt.Sprint(j.name, a, b), err
}

type thePage struct{ n int }

// MoreGivesWay has a type that gives its name to a later one, which a struct
// embeds.
//
// async
func MoreGivesWay(w *harness.World) (s string, err error) {
	type part struct{ n int }
	a := part{1}
	if err := rt.Await0(w.Do("a")); err != nil {
		a.n = 2
	}
	for i := range 2 {
		type part [2]int
		b := part{i}
		f := func() any {
			type whole struct{ part }
			return whole{b}
		}
		if err := rt.Await0(w.Do("b")); err != nil {
			b[1] = 3
		}
		s += fmt.Sprintf("%+v %T", f(), b)
	}
	return fmt.Sprint(s, a), nil
}
