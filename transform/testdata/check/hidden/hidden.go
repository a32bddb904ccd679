// Package hidden has a local type that hides what the generated code names
// beside it, and that cannot be renamed since a field is called like it.
package hidden

import "github.com/goasync/goasync/rt"

type job struct {
	run      func() error
	runAsync func() rt.Awaitable[struct{}]
}

// async
func do() error { return rt.Await0(rt.Sleep(1)) }

// async
func embedded(ok bool) error {
	var j job
	if ok {
		type doAsync struct{ n int } // want "doAsync is embedded in a struct, and the generated code needs something else of this name there; rename it"
		type derived struct{ doAsync }
		d := derived{doAsync{1}}
		d.n++
		j.run = do
	}
	return rt.Await0(j.run())
}
