// Package awaits has awaits of what has no async form, and calls that block.
package awaits

import (
	"context"
	"os"
	"time"

	"github.com/goasync/goasync/rt"
)

func plain(n int) (int, error) { return n, nil }

func misfit(n int) (int, error)              { return n, nil }
func misfitAsync(n string) rt.Awaitable[int] { return nil }

func other(n int) (int, error)              { return n, nil }
func otherAsync(n int) rt.Awaitable[string] { return nil }

func wild[T any](n T) (T, error)        { return n, nil }
func wildAsync(n int) rt.Awaitable[int] { return nil }

type conn struct{}

func (*conn) read(n int) (int, error)           { return n, nil }
func (*conn) readAsync(n int) rt.Awaitable[int] { return nil }

type reader interface{ read(n int) (int, error) }

type both interface {
	reader
	readAsync(n int) rt.Awaitable[int]
}

type holder struct{ *conn }

type odd struct{ *conn }

func (odd) readAsync(n int) rt.Awaitable[int] { return nil }

// async
func targets(r reader, b both, h holder, o odd, f func() (int, error)) (int, error) {
	n, err := rt.Await(plain(1))    // want "rt.Await of plain, which has no async form plainAsync; mark plain with //async, or call it without rt.Await"
	_, err = rt.Await(os.Open("x")) // want "rt.Await of os.Open, which has no async form OpenAsync; give rt.Blocking a function that calls it"
	_, err = rt.Await(misfit(1))    // want "rt.Await of misfit, whose async form misfitAsync has other parameters; give it those of misfit"
	_, err = rt.Await(other(1))     // want "rt.Await of other, whose async form otherAsync does not return rt.Awaitable[int]; give it that result"
	_, err = rt.Await(wild(1))      // want "rt.Await of wild, whose async form wildAsync has other type parameters; give it those of wild"
	_, err = rt.Await(r.read(1))    // want "rt.Await of r.read, which has no async form readAsync; declare readAsync(n int) rt.Awaitable[int] in the interface"
	_, err = rt.Await(o.read(1))    // want "rt.Await of o.read, which is another type's than readAsync; declare both on the same type"
	_, err = rt.Await(f())
	_, err = rt.Await(n, err)   // want "rt.Await of results that are already there; give it the call itself: rt.Await(f(x))"
	err = rt.Await0(err)        // want "rt.Await0 of err, which is no call; give it a call: rt.Await(f(x))"
	err = rt.Await0(error(err)) // want "rt.Await0 of error(err), which is no call; give it a call: rt.Await(f(x))"
	_, err = rt.Await(func() (int, error) { return 1, nil }())
	_, err = rt.Await((*conn).read(nil, 1))
	_, err = rt.Await[any](h.read(1)) // want "rt.Await[any] that converts the results of h.read; leave its type arguments out and convert the results after it"
	_, err = rt.Await(b.read(1))
	_, err = rt.Await(h.read(1))
	_, err = rt.Await((h.conn.read)(1))
	return n, err
}

// async
func blocks(c *conn, h holder) error {
	rt.Sleep(time.Second)                // want "call of rt.Sleep without rt.Await0, which blocks the loop; write rt.Await0(rt.Sleep(…)), or give rt.Blocking a function that calls it"
	if _, err := h.read(1); err != nil { // want "call of h.read without rt.Await, which blocks the loop; write rt.Await(h.read(…)), or give rt.Blocking a function that calls it"
		return err
	}
	later := func() {
		targets(nil, nil, h, odd{}, nil) // want "call of targets in an ordinary closure, which blocks the loop; call it in the async function itself with rt.Await(targets(…)), or give rt.Blocking a function that calls it"
	}
	later()
	rt.Blocking(func(context.Context) (int, error) { return 1, nil }) // want "call of rt.Blocking without rt.Await, which blocks the loop; write rt.Await(rt.Blocking(…)) in the async function itself"
	go func() { c.read(1) }()
	go c.read(1)
	defer c.read(1) // want "deferred call of c.read, which blocks the loop; write defer func() { rt.Await(c.read(…)) }()"
	_, err := rt.Await(rt.Blocking(func(context.Context) (int, error) { return c.read(1) }))
	return err
}

// async
func places() error {
	f := func() error { return rt.Await0(rt.Sleep(1)) } // want "rt.Await0 in an ordinary closure, whose calls are not awaited; write rt.Await(f(x)) where the closure is called, or give it to a function that does"
	defer rt.Await0(rt.Sleep(1))                        // want "defer of rt.Await, which would run at once; await it before the function returns"
	go rt.Await0(rt.Sleep(1))                           // want "rt.Await in a go statement; start a task with rt.Spawn"
	defer func() {
		rt.Await0(rt.Sleep(1))
	}()
	return f()
}

type doer interface {
	do(n int) (string, error)
	done()
}

// async
func methods[D doer](d doer, e D) error {
	rt.Await(d.do(1))           // want "rt.Await of d.do, which has no async form doAsync; declare doAsync(n int) rt.Awaitable[string] in the interface"
	_, err := rt.Await(e.do(1)) // want "rt.Await of e.do, which has no async form doAsync; declare doAsync(n int) rt.Awaitable[string] in the interface"
	return err
}

// async
func dropped(later rt.Awaitable[int]) error {
	rt.SleepAsync(3) // want "rt.SleepAsync(3) that nothing awaits, so that it does not run; write rt.Await(f(x)) for it"
	_ = rt.SleepAsync(4)
	return rt.Await0(rt.Run0(func() error { return nil })) // want "rt.Await0 of rt.Run0, which runs a loop of its own; await what it is given: rt.Await(f(x))"
}
