package rt_test

import (
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestOnAnEndInTheLastTurn: a call that has ended has its outcome, also if the loop that it ran on has not run since and is closed.
func TestOnAnEndInTheLastTurn(t *testing.T) {
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		last step
		want string
	}{
		"returns": {yield(), "on:nil"},
		"fails":   {fail(boom), "on:boom"},
		"panics":  {do(func() { panic(boom) }), "panic:boom"},
	} {
		t.Run(name, func(t *testing.T) {
			inBothForms(t, func(w *world) {
				remote := newWorld(t)
				caller := w.spawn(on(remote.loop, w.came("on"), yield(), c.last))
				w.turns(1)
				for remote.turns(1); remote.loop.Tasks() > 0; {
					remote.turns(1)
				}
				remote.loop.Close()
				func() {
					defer func() {
						if p := recover(); p != nil {
							w.log("panic:%v", p)
						}
					}()
					w.run(caller)
				}()
				w.traced(c.want)
			})
		})
	}
}

// recovers is a step that runs another and logs its panic, if there is one.
func (w *world) recovers(s step) step {
	then := func(err error) error {
		if err == rt.ErrLoopClosed {
			w.log("no_loop")
			return nil
		}
		return w.came("on")(err)
	}
	logs := func() {
		if p := recover(); p != nil {
			w.log("panic:%v", p)
		}
	}
	async, plain := asFunc([]step{s})
	return call(func() rt.Awaitable[struct{}] { return loggingPanic{async(), logs} },
		func() (struct{}, error) { defer logs(); return plain() }, none(then))
}

// loggingPanic is an awaitable whose panic logs recovers.
type loggingPanic struct {
	rt.Awaitable[struct{}]
	logs func()
}

func (r loggingPanic) Result() (struct{}, error) {
	defer r.logs()
	return r.Awaitable.Result()
}

// A cancel that comes when the function has ended, of which the caller's loop does not know yet, is met by the next await, as in statement
// 124; so is one that the function has not met, as it awaited nothing after it, whatever it has ended by. One that it has met comes once.
func TestOnKeepsTheCancel(t *testing.T) {
	boom := errors.New("boom")
	type call struct {
		remote *world
		goOn   *rt.Future[int] // of the other loop
		cancel func()
	}
	ended := func(c *call) { c.goOn.SetResult(7); c.remote.turns(4); c.cancel() }
	unmet := func(c *call) { c.remote.loop.Post(func() { c.goOn.SetResult(7) }); c.cancel(); c.remote.turns(4) }
	for name, c := range map[string]struct {
		last  []step // of the function, after what it waits for
		comes func(c *call)
		want  string
	}{
		"after the end":       {nil, ended, "on:nil next:canceled next:nil"},
		"after the failure":   {[]step{fail(boom)}, ended, "on:boom next:canceled next:nil"},
		"after the panic":     {[]step{do(func() { panic(boom) })}, ended, "panic:boom on:nil next:canceled next:nil"},
		"before the end":      {nil, unmet, "on:nil next:canceled next:nil"},
		"before the failure":  {[]step{fail(boom)}, unmet, "on:boom next:canceled next:nil"},
		"before the panic":    {[]step{do(func() { panic(boom) })}, unmet, "panic:boom on:nil next:canceled next:nil"},
		"before another step": {[]step{yield()}, unmet, "on:canceled next:nil next:nil"},
		"while it waits":      {nil, func(c *call) { c.cancel(); c.remote.turns(4) }, "on:canceled next:nil next:nil"},
		"and swallows it":     {[]step{ignored()}, unmet, "on:nil next:nil next:nil"},
		"twice": {[]step{yield()}, func(c *call) {
			c.cancel()
			c.cancel()
			c.remote.turns(4)
		}, "on:canceled next:nil next:nil"},
		"before the other loop closes": {nil, func(c *call) { c.cancel(); c.remote.loop.Close() }, "no_loop next:canceled next:nil"},
	} {
		t.Run(name, func(t *testing.T) {
			inBothForms(t, func(w *world) {
				remote := newWorld(t)
				f := rt.NewFutureOn[int](remote.loop)
				steps := append([]step{await(f.WaitAsync, nil)}, c.last...)
				caller := w.spawn(w.recovers(on(remote.loop, nil, steps...)), w.next(), w.next())
				w.turns(1)
				remote.turns(3) // it waits
				c.comes(&call{remote, f, func() {
					if !caller.Cancel(nil) {
						w.Error("the caller has ended")
					}
				}})
				w.turns(4)
				w.traced(c.want)
				if !caller.Done() {
					w.Error("the caller waits")
				}
			})
		})
	}
}
