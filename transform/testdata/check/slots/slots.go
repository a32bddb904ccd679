// Package slots has functions given where an async form is needed.
package slots

import "github.com/goasync/goasync/rt"

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
	_, err := rt.Await(rt.Gather(fs...)) // want "functions for rt.Gather from a slice; write them as arguments"
	_, err = rt.Await(rt.Gather(f))      // want "f as a function for rt.Gather; write a function or method with an async form, or func() … { return rt.Await(f(x)) }"
	_, err = rt.Await(rt.Gather(plain))  // want "plain as a function for rt.Gather, which has no async form plainAsync; mark plain with //async, or call it without rt.Await"
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
