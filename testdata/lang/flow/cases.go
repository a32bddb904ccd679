package flow

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// CasesAwait awaits in the tag and in case expressions: they are compared in
// order, only as far as needed, wherever default stands.
//
// async
func CasesAwait(w *harness.World) (s string, err error) {
	for i := range 5 {
		switch x := w.Int("x", i); val(rt.Await(w.Get(x))) {
		case w.Int("a", 0), val(rt.Await(w.Get(1))):
			s += "a"
		default:
			s += "d"
			if rt.Await0(w.Do("d")) != nil {
				break
			}
			fallthrough
		case val(rt.Await(w.Get(2))), w.Int("b", 3):
			s += "b"
		case -1:
			s += "-"
		}
	}
	return s, nil
}

// CasesTagless awaits in conditions that are cases.
//
// async
func CasesTagless(w *harness.World) (s string, err error) {
	for i := range 4 {
		switch {
		case i == 0 && ok(w, rt.Await0(w.Do("0"))):
			s += "0"
		case ok(w, rt.Await0(w.Do("1"))) && i < 2, i == 3:
			s += "1"
			continue
		case rt.Await0(w.Do("2")) == nil:
			s += "2"
		}
		s += "."
	}
	var any1 any = true
	switch {
	case any1 == ok(w, rt.Await0(w.Do("3"))):
		s += "3"
	}
	switch x := any1; {
	case x:
		s += fmt.Sprint(rt.Await0(w.Do("4")) == nil)
	}
	return s, nil
}

// CasesMixed compares interfaces, constants and values of other types.
//
// async
func CasesMixed(w *harness.World) (s string, err error) {
	type key struct{ a, b int }
	for _, v := range []any{1, int8(1), "x", nil, key{1, 2}, 2.5, []int(nil) == nil} {
		switch v {
		case 1:
			s += "int "
		case val(rt.Await(w.Get(7))), "x":
			s += "string "
		case nil:
			s += "nil "
		case key{1, val(rt.Await(w.Get(2)))}:
			s += "key "
		case 2.5, true:
			s += "other "
		}
	}
	switch f := func() {}; rt.Await0(w.Do("f")) {
	case nil:
		f()
		s += "none"
	case harness.ErrScript:
		s += "script"
	default:
		s += fmt.Sprint("other", rt.Await0(w.Do("g")) == nil)
	}
	switch 3 {
	case 1, 2 + val(rt.Await(w.Get(1))):
		s += "three"
	}
	return s, nil
}

type shape interface{ area() int }
type square struct{ n int }
type circle struct{ r int }

func (s square) area() int  { return s.n * s.n }
func (c *circle) area() int { return c.r * 3 }

// CasesTypes has a variable of another type in each clause, awaited in,
// assigned, captured and hidden.
//
// async
func CasesTypes(w *harness.World) (s string, err error) {
	var fs []func() string
	for _, v := range []any{3, "x", nil, square{2}, &circle{3}, 2.5, []int{1}, fmt.Errorf("e"), uint8(4)} {
		switch x := v.(type) {
		case int:
			x += val(rt.Await(w.Get(4)))
			fs = append(fs, func() string { x++; return fmt.Sprint("int", x) })
			x *= 10
		case string, float64:
			if err := rt.Await0(w.Do("string")); err != nil {
				v = "changed"
			}
			s += fmt.Sprintf("%T%v ", x, x)
		case nil:
			s += fmt.Sprint(x == nil, rt.Await0(w.Do("nil")) == nil)
		case shape:
			v = "changed"
			s += fmt.Sprint(x.area(), val(rt.Await(w.Get(x.area()))), " ")
			if c, ok := x.(*circle); ok {
				x = square{c.r}
			}
			if rt.Await0(w.Do("shape")) == nil {
				s += fmt.Sprint(x.area(), " ")
			}
		case []int:
			for i := range x {
				p := &x[i]
				if rt.Await0(w.Do("p")) != nil {
					break
				}
				*p += 5
			}
			fs = append(fs, func() string { return fmt.Sprint(x) })
			x = append(x, 1)
		case error:
			s += "error "
		default:
			s += fmt.Sprintf("%T ", x)
		}
	}
	for _, f := range fs {
		s += f() + " "
	}
	return s, nil
}

// CasesTypesPlain has no variable, an init statement, labels, and operands
// that await.
//
// async
func CasesTypesPlain(w *harness.World) (s string, err error) {
	pick := func(v int, err error) any {
		switch v {
		case 1:
			return v
		case 2:
			return "two"
		}
		return err
	}
	for i := range 4 {
	sw:
		switch n := i; pick(rt.Await(w.Get(n))).(type) {
		case int:
			s += "int"
			break
		case string:
			if rt.Await0(w.Do("string")) != nil {
				break sw
			}
			s += "string"
			continue
		case nil:
			s += "nil"
		}
		s += "."
	}
	switch x := pick(rt.Await(w.Get(1))).(type) {
	case int:
		s += fmt.Sprint(x + 1)
	case error:
		s += harness.Show(x)
	}
	return s, nil
}

// CasesGeneric switches on type parameters.
//
// async
func CasesGeneric(w *harness.World) (string, error) {
	a, _ := rt.Await(kindOf[int, string](w, 1))
	b, _ := rt.Await(kindOf[int, string](w, "x"))
	c, err := rt.Await(kindOf[int, int](w, 2))
	d, _ := rt.Await(kindOf[bool, []bool](w, []bool{true}))
	return a + b + c + d, err
}

// async
func kindOf[A, B any](w *harness.World, v any) (string, error) {
	switch x := v.(type) {
	case A:
		err := rt.Await0(w.Do("A"))
		return fmt.Sprintf("A%T%v ", x, x), err
	case B:
		err := rt.Await0(w.Do("B"))
		return fmt.Sprintf("B%T%v ", x, x), err
	case []B:
		rt.Await0(w.Do("list"))
		return fmt.Sprint(x[0]), nil
	}
	return "none ", rt.Await0(w.Do("none"))
}

// CasesAssigned has clauses that only assign to their variable.
//
// async
func CasesAssigned(w *harness.World) (s string, err error) {
	for _, v := range []any{1, "x", nil, 2.5} {
		switch x := v.(type) {
		case int:
			x, err = rt.Await(w.Get(1))
		case string:
			for x = range map[string]int{"k": 1} {
				s += fmt.Sprint(rt.Await0(w.Do("range")) == nil)
			}
		case nil:
			set := func() { x = s }
			rt.Await0(w.Do("nil"))
			set()
		default:
			x = rt.Await0(w.Do("default"))
			s += fmt.Sprint(x == nil)
		}
	}
	return s, err
}

// CasesShared switches on the type of what a literal captured.
//
// async
func CasesShared(w *harness.World) (s string, err error) {
	var v any = 1
	next := func() { v = fmt.Sprintf("%T", v) }
	for range 3 {
		switch v.(type) {
		case int:
			next()
			s += fmt.Sprint("int", rt.Await0(w.Do("int")) == nil)
		case string:
			v = nil
			s += fmt.Sprint("string", rt.Await0(w.Do("string")) == nil)
		default:
			next()
		}
	}
	return fmt.Sprint(s, v), err
}

// CasesBooleans compares booleans with comparisons and conjunctions.
//
// async
func CasesBooleans(w *harness.World) (s string, err error) {
	for i := range 4 {
		switch b := w.Bool("b", i%2 == 0); b {
		case i == val(rt.Await(w.Get(1))):
			s += "one "
		case i < 3 && rt.Await0(w.Do("two")) == nil:
			s += "two "
		case val(rt.Await(w.Get(3))) != 3, !b:
			s += "three "
		}
		switch f := flag(i > 1); f {
		case i == val(rt.Await(w.Get(2))) || i == 3:
			s += "flag "
		}
	}
	return s, nil
}

// CasesOperand evaluates the operand of a type switch once.
//
// async
func CasesOperand(w *harness.World) (s string, err error) {
	list := []any{1, "x", nil}
	next := func() (v any) {
		w.Trace("next", len(list))
		v, list = list[0], list[1:]
		return v
	}
	for len(list) > 0 {
		switch x := next().(type) {
		case int:
			rt.Await0(w.Do("int"))
			s += fmt.Sprint(x + 1)
		case nil, string:
			rt.Await0(w.Do("other"))
			s += fmt.Sprint(x)
		}
	}
	return s, nil
}

// CasesInterfaces has conditions of an interface type, which hold if they are
// true and not if they are no booleans at all.
//
// async
func CasesInterfaces(w *harness.World) (s string, err error) {
	for _, x := range []any{"text", false, true, nil, flag(true)} {
		switch {
		case x:
			s += "true "
		case rt.Await0(w.Do("other")) == nil:
			s += fmt.Sprint(x, " ")
		}
	}
	return s, nil
}

// CasesUnread has clauses that only assign to the variable of their type
// switch, which another clause reads.
//
// async
func CasesUnread(w *harness.World) (s string, err error) {
	for _, x := range []any{1, "a", 2.5, nil, []int{1}} {
		switch v := x.(type) {
		case int:
			for v = range 3 {
			}
			s += fmt.Sprint(val(rt.Await(w.Get(1))), " ")
		case string:
			s += fmt.Sprint(val(rt.Await(w.Get(2))), " ")
			v = "b"
		case float64:
			set := func() { v, _ = 3.5, w.Int("set", 1) }
			s += fmt.Sprint(val(rt.Await(w.Get(3))), " ")
			set()
		case nil:
			v, err := rt.Await(w.Get(4))
			s += fmt.Sprint(v, err, " ")
		default:
			s += fmt.Sprint(v, val(rt.Await(w.Get(5))))
		}
	}
	return s, nil
}
