// Package local has local types that must be declared at package level, where
// they would have to be called otherwise and thereby change.
package local

import "github.com/goasync/goasync/rt"

// async
func do() error { return rt.Await0(rt.Sleep(1)) }

func use(...any) int { return 0 }

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
