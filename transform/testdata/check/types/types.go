// Package types has variables of types that the generated code cannot name,
// and local types that it would have to name in a way that changes them.
package types

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/transform/testdata/check/hidden"
)

// async
func do() error { return nil }

// async
func get[T any](v T) (T, error) { return v, nil }

// async
func across() (int, error) {
	c := hidden.New() // want "c lives across an await, and another package does not export its type, hidden.counter; declare it with an interface that has the methods you call, or convert it to a type that this package can name"
	if err := rt.Await0(do()); err != nil {
		return 0, err
	}
	return c.Add(), nil
}

// async
func result() (int, error) {
	c, err := rt.Await(get(hidden.New())) // want "the result of this await has a type of another package that this one cannot name, hidden.counter; let the awaited function return an interface or an exported type"
	return c.Add(), err
}

// async
func branch(ok bool) (int, error) {
	n := hidden.Struct // want "n is declared apart from its value around an await, and another package does not export its type, hidden.n; declare it with an interface that has the methods you call, or convert it to a type that this package can name"
	if ok {
		use(n)
		return 0, rt.Await0(do())
	}
	use(n)
	return 1, nil
}

func use(...any) int { return 0 }

// async
func together() (err error) {
	c, err := hidden.Pair() // want "c is declared apart from its value around an await, and another package does not export its type, hidden.counter; declare it with an interface that has the methods you call, or convert it to a type that this package can name"
	use(c)
	if err != nil {
		return err
	}
	return rt.Await0(do())
}

// async
func operand() (int, error) {
	return use(hidden.New(), rt.Await0(do())), nil // want "a value here is needed after an await, and another package does not export its type, hidden.counter; assign it to a variable before: declare it with an interface that has the methods you call, or convert it to a type that this package can name"
}

// async
func captured() error {
	c := hidden.Interface
	return rt.Await0(rt.Shield0(func() error { // want "this function literal awaits and captures c, whose type another package does not export, hidden.start; declare it with an interface that has the methods you call, or convert it to a type that this package can name"
		use(c)
		return rt.Await0(do())
	}))
}

// async
func fine() (int, error) {
	n := hidden.Number()
	c := hidden.New()
	n += c.Add()
	var a interface{ Add() int } = c
	var b hidden.Alias
	if err := rt.Await0(do()); err != nil {
		return n + b.Add(), err
	}
	return a.Add(), nil
}

type base struct{}

// async
func embedded() error {
	type base struct{ n int } // want "base is embedded in a struct and must be declared at package level, where another base is; rename it"
	type derived struct {
		*base
		m int
	}
	d := derived{base: &base{1}}
	err := rt.Await0(do())
	d.n++
	return err
}

// async
func twice(ok bool) error {
	{
		type inner struct{ n int }
		type outer struct{ inner }
		x := outer{}
		if err := rt.Await0(do()); err != nil {
			return err
		}
		use(x.n)
	}
	type inner struct{ m int } // want "inner is embedded in a struct and must be declared at package level, where another inner is; rename it"
	type outer struct{ inner }
	y := outer{}
	err := rt.Await0(do())
	y.m++
	return err
}

// async
func top(ok bool) error {
	{
		type only struct{ n int }
		use(struct{ only }{})
		if err := rt.Await0(do()); err != nil {
			return err
		}
	}
	type only struct{ m int } // want "only is embedded in a struct and must be declared for all of the function, where another only is; rename it"
	use(struct{ only }{only{1}}.m)
	return rt.Await0(do())
}

// async
func hiding[T any](v T) (T, error) {
	type pair[T any] struct{ a, b T } // want "type parameter T of pair hides that of hiding, and pair must be declared at package level with both; rename one"
	p := pair[int]{1, 2}
	if err := rt.Await0(do()); err != nil {
		use(p)
		return v, err
	}
	return v, nil
}
