// Package slots has functions given where an async form is needed.
package slots

import (
	"errors"

	"github.com/goasync/goasync/rt"
)

// async
func get(n int) (int, error) { return n, nil }

// async
func one() (int, error) { return 1, nil }

// async
func retry(f func() (int, error)) (int, error) { return f() }

func plain() (int, error) { return 1, nil }

type named struct{}

// async
func (named) one() (int, error) { return 1, nil }

type wide interface{ int | string }

// async
func gathers(v named, f func() (int, error)) error {
	var fs []func() (int, error)
	_, err := rt.Await(rt.Gather(fs...)) // want "functions for rt.Gather from a slice; write them as arguments, or give rt.Map a slice of what they differ in"
	_, err = rt.Await(rt.Gather(f))
	_, err = rt.Await(rt.Gather(plain)) // want "plain as a function for rt.Gather, which has no async form plainAsync; mark plain with //async, or write func(…) … { return plain(…) }"
	_, err = rt.Await(rt.Gather(func() (int, error) {
		n, err := rt.Await(get(1))
		return n, err
	}))
	rt.Spawn(func() (int, error) { return 1, nil })
	rt.Spawn(func() (any, error) { return rt.Await(get(1)) })
	rt.Spawn(func() (int, error) { return rt.Await(plain()) }) // want "rt.Await of plain, which has no async form plainAsync; mark plain with //async, or call it without rt.Await"
	rt.Spawn(func() (int, error) { return rt.Await(get(use(rt.Await(one())))) })
	_, err = rt.Await(rt.Gather(one, v.one, func() (int, error) { return rt.Await(get(1)) }))
	rt.Spawn(v.one)
	rt.Spawn(func() ([]int, error) { return rt.Await(rt.Gather(one, one)) })
	later := func() {
		rt.Spawn(one) // want "rt.Spawn in an ordinary closure, which does not know its task; call it in the async function itself, or use rt.SpawnOn"
		rt.RunningLoop().Stop()
	}
	later()
	_, err = rt.Await(retry(one))
	return err
}

func use(n int, err error) int { return n }

type pool struct {
	dial       func() (int, error)
	dialAsync  func() rt.Awaitable[int]
	close      func(int) error
	wrong      func() error
	wrongAsync func() error
}

var hook func() error

var byName map[string]func() error

const key = "x"

// async
func held(p *pool, list []func() error, f func() (int, error), g func(int) error) error {
	if p.dial == nil {
		p.dial = one
	}
	rt.Await(p.dial())
	rt.Await0(p.close(1))    // want "p.close is awaited and has no async form; add a field closeAsync func(int) rt.Awaitable[struct{}] beside it"
	rt.Await0(p.wrong())     // want "p.wrong is awaited and has no async form; add a field wrongAsync func() rt.Awaitable[struct{}] beside it"
	rt.Await0(hook())        // want "hook is awaited and has no async form; declare var hookAsync func() rt.Awaitable[struct{}] beside it"
	rt.Await0(list[0]())     // want "rt.Await0 of a call of list[0]; elements have no async form, fields do: keep structs with a function and its async form"
	for _, h := range list { // want "h, which is awaited, from a range; elements have no async form, fields do: keep structs with a function and its async form"
		rt.Await0(h())
	}
	if h, ok := byName[key]; ok { // want "h, which is awaited, from byName[key]; elements have no async form, fields do: keep structs with a function and its async form"
		rt.Await0(h())
	}
	first := list[0] // want "list[0] as a function for first, which is awaited; elements have no async form, fields do: keep structs with a function and its async form"
	rt.Await0(first())
	n, err := rt.Await(f())
	h := f
	h, err = one, nil
	k, err := several() // want "k, which is awaited, from a call with several results; let it return a struct with a function and its async form"
	rt.Await(k())
	rt.Await(h())
	use(f())                       // want "use of f, which is an async function here since it is awaited; await it, pass it to a function that awaits it, or compare it with nil"
	m := func(g func(int) error) { // an ordinary closure
		g(n)
	}
	m(g) // want "use of g, which is an async function here since it is awaited; await it, pass it to a function that awaits it, or compare it with nil"
	rt.Await0(g(1))
	return err
}

type route struct {
	name       string
	serve      func() error
	serveAsync func() rt.Awaitable[struct{}]
}

// async
func routes() error {
	r := &route{"r", nothing, nil}        // want "nothing for the field serve, which is awaited, without its name; write serve: nothing, and the names of the others"
	list := []*route{{"s", nothing, nil}} // want "nothing for the field serve, which is awaited, without its name; write serve: nothing, and the names of the others"
	empty := route{"e", nil, nil}
	named := route{name: "n", serve: nothing}
	return errors.Join(rt.Await0(r.serve()), rt.Await0(list[0].serve()), rt.Await0(named.serve()), rt.Await0(empty.serve()))
}

// async
func nothing() error { return nil }

func several() (func() (int, error), error) { return nil, nil }

// async
func twice(p route, x any) error {
	p.serve, p.serveAsync = nothing, nil       // want "serveAsync beside p.serve, which fills it here since it is awaited; leave it out"
	p = route{serve: nothing, serveAsync: nil} // want "serveAsync beside serve, which fills it here since it is awaited; leave it out"
	f, ok := x.(func() error)                  // want "f, which is awaited, from x.(func() error); assign a function by its name or a literal"
	if ok {
		return rt.Await0(f())
	}
	return rt.Await0(p.serve())
}

// async
func taking(f func() error) error { return rt.Await0(f()) }

// async
func higher() error {
	f := taking                                                    // want "taking as a function for f, whose async form takes async functions; a function value cannot: call it by its name, or have it take a struct with a function and its async form"
	f = func(g func() error) error { return rt.Await0(g()) }       // want "g, a parameter of a function literal, is awaited; take a struct with a function and its async form"
	f = func(g func() error) error { return rt.Await0(taking(g)) } // want "g, a parameter of a function literal, is awaited; take a struct with a function and its async form"
	return rt.Await0(f(nothing))
}

type handler func() error

// async
func (h handler) run() error { return rt.Await0(h()) } // want "receiver h is awaited, and in the async form it has its type still; take the function as a parameter, or as a field of a struct beside its async form"

// async
func (h handler) later() error { // want "receiver h is awaited, and in the async form it has its type still; take the function as a parameter, or as a field of a struct beside its async form"
	g := h
	return rt.Await0(g())
}

// async
func converted(r route) error {
	r.serve = handler(nothing) // want "conversion to handler of a function for r.serve, which has another type in the async form; leave the conversion out"
	later := func() error {
		return r.serve() // want "call of r.serve in an ordinary closure, which blocks the loop; call it in the async function itself with rt.Await0(r.serve(…)), or give rt.Blocking a function that calls it"
	}
	if later() != nil {
		return r.serve() // want "call of r.serve without rt.Await0, which blocks the loop; write rt.Await0(r.serve(…)), or give rt.Blocking a function that calls it"
	}
	return rt.Await0(r.serve())
}

// async
func constrained[F ~func() (int, error)](f F) (int, error) {
	return rt.Await(f()) // want "rt.Await of a call of f, whose type is a type parameter; let it be func() (int, error)"
}
