package harness

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

// Gen is the generator that programs of the suite are: it yields int, is
// sent string and returns string.
type Gen = rt.Generator[int, string, string]

// errThrown is what scripts throw into generators.
var errThrown = fmt.Errorf("thrown: %w", ErrScript)

// NewGen makes a Program of a generator: it drives it with Next and Send,
// and at the k-th step with Throw, Close or nothing, as the script's outcome
// says.
func NewGen(name string, plain func(*World, rt.Yield[int, string]) (string, error), async func(*World) *Gen) Program {
	return Program{
		Name: name,
		plain: func(w *World) (any, error) {
			return drive(w, rt.Pull(func(yield rt.Yield[int, string]) (string, error) { return plain(w, yield) }))
		},
		async: func(w *World) (any, error) { return drive(w, async(w)) },
	}
}

// drive drives a generator to its end as the script says.
func drive(w *World, g *Gen) (any, error) {
	defer func() { // a goroutine stays behind in a plain one
		if p := recover(); p != nil {
			panic(p)
		}
	}()
	v, ok := 0, false
	for step := 0; ; step++ {
		_, o := w.next()
		switch {
		case step == 0 && o != Fail && o != Cancel, o == Yield:
			v, ok = g.Next()
		case o == Ready:
			v, ok = g.Send(fmt.Sprint("sent", step))
		case o == Fail, o == Late:
			v, ok = g.Throw(errThrown)
		default:
			err := g.Close()
			w.Err("close", err)
			if err == rt.ErrCloseIgnored {
				w.Err("close again", g.Close())
			}
			if v, ok := g.Next(); ok {
				return v, nil
			}
			return "closed", nil
		}
		if !ok {
			break
		}
		w.Trace("yielded", v)
	}
	if _, ok := g.Next(); ok {
		w.Trace("went on after its end")
	}
	return g.Result()
}
