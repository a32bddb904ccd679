// Package scopes holds programs that bound what they start: groups, timeouts
// and contexts.
package scopes

import (
	"errors"
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// GroupServer starts listeners, serves each client in a supervised function,
// and drains.
//
// async
func GroupServer(w *harness.World) (served int, err error) {
	err = rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.OnError(func(err error) { w.Err("client", err) })
		lines := make([]string, 0, 2)
		for i := range 2 {
			if err := rt.Await0(g.Start(func(ready func()) error {
				if err := rt.Await0(w.Do(fmt.Sprint("listen ", i))); err != nil {
					return err
				}
				lines = append(lines, fmt.Sprint(i))
				ready()
				return rt.Await0(w.Do("listening"))
			})); err != nil {
				w.Err("start", err)
				return err
			}
			g.Supervise(func() error {
				n, err := rt.Await(w.Get(i))
				if err == nil {
					served += n + 1
				}
				return err
			})
		}
		w.Trace("lines", lines)
		return rt.Await0(g.Drain(time.Hour))
	}))
	w.Err("nursery", err)
	return served, err
}

// pool works off jobs in a group with a limit.
type pool struct {
	w    *harness.World
	g    *rt.Group
	done []int
}

// async
func (p *pool) work(n int) error {
	v, err := rt.Await(p.w.Get(n))
	if err != nil {
		return err
	}
	p.done = append(p.done, v)
	return nil
}

// GroupLimit gives jobs to a group as it has room.
//
// async
func GroupLimit(w *harness.World) (string, error) {
	p := &pool{w: w}
	err := rt.Await0(rt.Nursery(func(g *rt.Group) error {
		p.g = g
		g.Limit(2)
		for i := range 4 {
			if err := rt.Await0(g.GoWait(func() error { return rt.Await0(p.work(i * i)) })); err != nil {
				w.Err("wait", err)
				return err
			}
			w.Trace("given", i)
		}
		p.g.Go(func() error { return rt.Await0(p.work(100)) })
		return nil
	}))
	var all *rt.GroupError
	return fmt.Sprint(p.done, errors.As(err, &all)), err
}

// GroupNotReady starts a method that says late, or never, that it is ready.
//
// async
func GroupNotReady(w *harness.World) (s string, err error) {
	defer func() {
		if p := recover(); p != nil {
			s = fmt.Sprint(s, " recovered ", p)
		}
	}()
	err = rt.Await0(rt.Nursery(func(g *rt.Group) error {
		if err := rt.Await0(g.Start(func(func()) error { return rt.Await0(w.Do("never")) })); !errors.Is(err, rt.ErrNotReady) {
			return err
		}
		s = "not ready"
		k := &keeper{w: w}
		err := rt.Await0(g.Start(k.keep))
		w.Trace("kept", k.kept, harness.Show(err))
		g.Cancel(nil)
		return err
	}))
	return s, err
}

type keeper struct {
	w    *harness.World
	kept bool
}

// async
func (k *keeper) keep(ready func()) error {
	defer k.w.Trace("left")
	k.kept = true
	ready()
	for {
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
	}
}

// GroupAccept takes clients from a queue until the group is drained, no more
// than are served, and one that is refused.
//
// async
func GroupAccept(w *harness.World) (served int, err error) {
	clients := rt.NewQueue[int](0)
	for i := range 4 {
		clients.TryPut(i)
	}
	err = rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.OnError(func(err error) { w.Err("client", err) })
		g.Limit(2)
		g.Go(func() error {
			for {
				get := clients.GetOp()
				if i, err := rt.Await(rt.SelectInOrder(g.Draining().WaitOp(), get)); err != nil || i == 0 {
					w.Trace("stops", harness.Show(err))
					return err
				}
				c, err := get.Result()
				if err != nil {
					return err
				}
				if err := rt.Await0(g.SuperviseWait(func() error {
					n, err := rt.Await(w.Get(c))
					if err == nil {
						served += n + 1
					}
					return err
				})); err != nil {
					w.Trace("refused", c, errors.Is(err, rt.ErrDraining))
					return err
				}
			}
		})
		if err := rt.Await0(w.Do("listen")); err != nil {
			return err
		}
		return rt.Await0(g.Drain(time.Hour))
	}))
	w.Err("nursery", err)
	return served, err
}

// GroupPanics has a panic of the body come after one of a function in the group. The first is the nursery's; the second ends the loop,
// where the deferred call awaits.
//
// async
func GroupPanics(w *harness.World) (s string, err error) {
	defer func() {
		w.Trace("deferred", harness.Show(rt.Await0(w.Do("before"))))
		s = fmt.Sprint("recovered ", recover())
	}()
	err = rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { panic("of a function") })
		w.Trace("waits", harness.Show(rt.Await0(rt.YieldNow())))
		w.Trace("fails", harness.Show(rt.Await0(w.Do("body"))))
		panic("of the body")
	}))
	return s, err
}
