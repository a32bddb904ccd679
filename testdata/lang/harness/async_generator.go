package harness

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

// AsyncGen is the async generator that programs of the suite are.
type AsyncGen = rt.AsyncGenerator[int, string, string]

// NewAsyncGen makes a Program of an async generator. It is asked with Next and
// Send; what it awaits is what the script decides, and after an even number of
// values so is how it is asked.
func NewAsyncGen(name string, plain func(*World, rt.Yield[int, string]) (string, error), async func(*World) *AsyncGen) Program {
	return Program{
		Name: name,
		plain: func(w *World) (any, error) {
			return rt.Run(func() (string, error) {
				g := rt.AsyncPull(func(yield rt.Yield[int, string]) (string, error) { return plain(w, yield) })
				t := rt.Spawn(func() (string, error) { return askAll(w, g) })
				w.cancel = t.Cancel
				return t.Wait()
			})
		},
		async: func(w *World) (any, error) {
			return rt.RunAsync(start(w, func(w *World) rt.Awaitable[string] { return askAllAsync(w, async(w)) }))
		},
	}
}

// askAll asks an async generator until its end as the script says.
//
// async
func askAll(w *World, g *AsyncGen) (result string, err error) {
	defer func() {
		w.Err("closed", rt.Await0(g.Close()))
	}()
	v, ok := 0, false
	for step := 0; ; step++ {
		o := Ready
		if step%2 == 0 {
			_, o = w.next()
		}
		switch {
		case step == 0 && o != Fail && o != Cancel, o == Yield:
			v, ok, err = rt.Await2(g.Next())
		case o == Ready:
			v, ok, err = rt.Await2(g.Send(fmt.Sprint("sent", step)))
		case o == Fail, o == Late:
			v, ok, err = rt.Await2(g.Throw(errThrown))
		default:
			w.Err("close", rt.Await0(g.Close()))
			v, ok, err = rt.Await2(g.Next())
			w.Trace("after close", v, ok, Show(err))
			return "closed", nil
		}
		w.Trace("asked", v, ok, Show(err))
		if !ok {
			break
		}
	}
	if v, ok, err := rt.Await2(g.Next()); ok || err != nil {
		w.Trace("went on after its end", v, Show(err))
	}
	return g.Result()
}
