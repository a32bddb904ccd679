// Package kinds holds programs about kinds of functions: methods, interfaces, generics.
package kinds

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type base struct {
	w *harness.World
	n int
}

// async
func (b *base) Add(v int) (int, error) {
	b.n += v
	if err := rt.Await0(b.w.Do("add")); err != nil {
		return b.n, err
	}
	b.n++
	return b.n, nil
}

// async
func (b base) Peek(v int) (int, error) {
	b.n += v
	if err := rt.Await0(b.w.Do("peek")); err != nil {
		return b.n, err
	}
	b.n++
	return b.n, nil
}

// An Adder has both forms.
type Adder interface {
	Add(v int) (int, error)
	AddAsync(v int) rt.Awaitable[int]
}

type Peeker interface {
	Peek(int) (int, error)
	PeekAsync(int) rt.Awaitable[int]
}

type both interface {
	Adder
	Peeker
}

type middle struct{ base }
type outer struct {
	*middle
	name string
}
type wrapper struct{ Adder }

// MethodsInterfaces calls methods of interfaces, embedded ones too.
//
// async
func MethodsInterfaces(w *harness.World) (n int, err error) {
	b := &base{w, 5}
	var x both = b
	list := []Adder{b, middle2(w), outer{&middle{base{w, 7}}, ""}, wrapper{b}, x}
	for i, a := range list {
		v, err := rt.Await(a.Add(i))
		w.Trace("add", v, err != nil)
		n += v
		if p, ok := a.(Peeker); ok {
			v, err := rt.Await(p.Peek(1))
			w.Trace("peek", v, err != nil)
		}
	}
	v, err := rt.Await(wrapper{x}.Add(3))
	w.Trace("wrapped", v)
	return n + b.n, err
}

func middle2(w *harness.World) Adder { return &middle{base{w, 2}} }

// MethodsReceivers evaluates receivers once, copies values.
//
// async
func MethodsReceivers(w *harness.World) (int, error) {
	bs := []base{{w, 1}, {w, 2}}
	i := 0
	pick := func() int { w.Trace("pick", i); i++; return i - 1 }
	a, err := rt.Await(bs[pick()].Add(1))
	w.Err("a", err)
	bs2 := bs
	p := &bs[1]
	b, err := rt.Await(p.Peek(w.Int("arg", 4)))
	w.Err("b", err)
	c, err := rt.Await((*p).Add(1))
	w.Err("c", err)
	d, err := rt.Await((&bs[0]).Peek(1))
	w.Err("d", err)
	m := map[string]base{"k": {w, 50}}
	e, err := rt.Await(m["k"].Peek(1))
	w.Err("e", err)
	f, err := rt.Await(base{w, 9}.Peek(1))
	w.Err("f", err)
	g, err := rt.Await((&base{w, 9}).Add(1))
	w.Err("g", err)
	w.Trace("values", a, b, c, d, e, f, g, bs[0].n, bs2[1].n)
	return a + b + c + d + e + f + g, nil
}

// MethodsMoved changes the receiver while the call is under way.
//
// async
func MethodsMoved(w *harness.World) (n int, err error) {
	h := &holder{w: w, cur: &base{w, 1}}
	n, err = rt.Await(h.run())
	w.Trace("n", n, h.cur.n)
	return
}

type holder struct {
	w   *harness.World
	cur *base
}

// async
func (h *holder) run() (int, error) {
	a, err := rt.Await(h.cur.Add(one(rt.Await(h.swap()))))
	if err != nil {
		return a, err
	}
	h, cur := &holder{w: h.w}, h.cur
	h.cur = &base{h.w, 100}
	b, err := rt.Await(h.cur.Add(1))
	return a + b + cur.n, err
}

// async
func (h *holder) swap() (int, error) {
	h.cur = &base{h.w, 1000}
	return rt.Await(h.w.Get(3))
}

func one(v int, err error) int {
	if err != nil {
		return -1
	}
	return v
}

// MethodsNil has a nil receiver, one that a value method dereferences, and a
// nil interface.
//
// async
func MethodsNil(w *harness.World) (n int, err error) {
	var none *base
	var a Adder
	func() {
		defer func() { w.Trace("in literal", recover() != nil) }()
		_ = a.(Peeker)
	}()
	n, err = rt.Await(nilCall(w, 0, none, a))
	w.Trace("n", n)
	n, err = rt.Await(nilCall(w, 1, none, a))
	w.Trace("n", n)
	return rt.Await(nilCall(w, 2, none, a))
}

// async
func nilCall(w *harness.World, how int, b *base, a Adder) (n int, err error) {
	defer func() { w.Trace("recovered", recover() != nil) }()
	switch how {
	case 0:
		n, err = rt.Await(b.Peek(w.Int("argument", 1)))
	case 1:
		n, err = rt.Await(a.Add(w.Int("argument", 2)))
	case 2:
		n, err = rt.Await(b.Add(w.Int("argument", 3)))
	}
	w.Trace("never")
	return
}

// MethodsPromoted calls methods through embedded structs and pointers.
//
// async
func MethodsPromoted(w *harness.World) (int, error) {
	m := middle{base{w, 1}}
	o := outer{&middle{base{w, 10}}, "o"}
	sum := 0
	for i := range 2 {
		a, err := rt.Await(m.Add(i))
		w.Err("a", err)
		b, err := rt.Await(m.Peek(i))
		w.Err("b", err)
		c, err := rt.Await(o.Add(i))
		w.Err("c", err)
		d, err := rt.Await(o.Peek(i))
		w.Err("d", err)
		e, err := rt.Await(o.middle.base.Peek(i))
		w.Err("e", err)
		w.Trace("values", a, b, c, d, e, m.n, o.n)
		sum += a + b + c + d + e
	}
	return sum, nil
}
