package peers

import (
	"errors"
	"fmt"
	"io"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type myError struct{ n int }

func (e *myError) Error() string { return fmt.Sprint("my", e.n) }

type celsius float64

// UntypedOperands splits expressions with untyped constants and nil, whose
// types come from what is around them.
//
// async
func UntypedOperands(w *harness.World) (s string, err error) {
	var f float32 = 1 << 3
	var c celsius = 2.5*celsius(num(rt.Await(w.Get(2)))) + 1/2.0
	var any1 any = 'x'
	same := any1 == 'x' && fine(w, rt.Await0(w.Do("same")))
	list := []any{1, nil, 2.5, 'r', num(rt.Await(w.Get(3))), "s", 1 << 4, io.EOF}
	var e error
	if e == nil && rt.Await0(w.Do("nil")) == nil {
		e = &myError{num(rt.Await(w.Get(4)))}
	}
	for _, v := range list {
		s += fmt.Sprintf("%T ", v)
	}
	const big = 1 << 62
	x := big>>60 + num(rt.Await(w.Get(5))) + len("const") + big/(1<<61)
	var u uint8 = 255 - uint8(num(rt.Await(w.Get(5))))
	return fmt.Sprint(s, f, c, same, errors.As(e, new(*myError)), x, u), nil
}

// Shifts shifts untyped constants, whose type is that of the context, by
// amounts that are awaited.
//
// async
func Shifts(w *harness.World) (s string, err error) {
	n := uint(num(rt.Await(w.Get(3))) & 7)
	var a int64 = 1 << n
	var b uint8 = 1<<n + uint8(num(rt.Await(w.Get(1))))
	c := []byte{1 << n, 0xff >> n}
	d := 1<<(uint(num(rt.Await(w.Get(4))))&15) | w.Int("or", 2)
	var e any = 1 << n
	var f = uint16(1<<n) << (uint(num(rt.Await(w.Get(14)))) & 15)
	return fmt.Sprint(a, b, c, d, fmt.Sprintf("%T", e), f, int8(1)<<n>>w.Int("back", 1)), nil
}

// Interfaces converts to interfaces where a value is stored, in temporaries
// too.
//
// async
func Interfaces(w *harness.World) (s string, err error) {
	show := func(list ...any) string {
		for _, v := range list {
			s += fmt.Sprintf("%T ", v)
		}
		return s
	}
	make1 := func(n int) *myError { return &myError{n} }
	both := func(e error, n int) string { return fmt.Sprintf("%T %v %d", e, e, n) }
	s = both(make1(1), num(rt.Await(w.Get(2)))) + both(io.EOF, num(rt.Await(w.Get(3))))
	show(make1(4), celsius(w.Int("c", 5)), num(rt.Await(w.Get(6))), struct{}{}, small(w.Int("d", 7)), num(rt.Await(w.Get(8))))
	var e error = make1(9)
	m := map[any]any{make1(10).n: rt.Await0(w.Do("nil")), e: w.Int("v", 11), celsius(1): num(rt.Await(w.Get(12)))}
	var st fmt.Stringer
	return fmt.Sprint(s, len(m), m[e], m[celsius(1)], m[1.0], st == nil), nil
}

// Unused has temporaries, labels and imports that nothing needs afterwards.
//
// async
func Unused(w *harness.World) (string, error) {
	_ = w.Int("a", 1) + num(rt.Await(w.Get(2)))
	_, _ = w.Int("b", 3), rt.Await0(w.Do("c"))
	var _ = w.Int("d", 4) * num(rt.Await(w.Get(5)))
	var _, x = io.EOF, num(rt.Await(w.Get(6)))
	for range num(rt.Await(w.Get(2))) {
	}
	for _, _ = range []int{num(rt.Await(w.Get(7)))} {
		rt.Await0(w.Do("body"))
	}
outer:
	for {
		for {
			if rt.Await0(w.Do("inner")) != nil {
				break outer
			}
			break
		}
		break
	}
	switch _, err := rt.Await(w.Get(8)); {
	case err != nil:
	}
	if rt.Await0(w.Do("empty")) != nil {
	} else {
	}
	{
	}
	return fmt.Sprint(x), nil
}

// TemporariesLive nests awaits, so that a temporary is live while others of
// its kind are made.
//
// async
func TemporariesLive(w *harness.World) (string, error) {
	sum := func(list ...int) (n int) {
		for _, v := range list {
			n = n*10 + v
		}
		w.Trace("sum", n)
		return n
	}
	n := sum(w.Int("a", 1), sum(w.Int("b", 2), num(rt.Await(w.Get(3)))), sum(w.Int("c", 4), sum(w.Int("d", 5), num(rt.Await(w.Get(6))))), num(rt.Await(w.Get(7))))
	for i := range 2 {
		n += sum(w.Int("e", i), num(rt.Await(w.Get(sum(w.Int("f", i), num(rt.Await(w.Get(8)))))))) + sum(num(rt.Await(w.Get(i))), w.Int("g", 9))
	}
	return fmt.Sprint(n), nil
}
