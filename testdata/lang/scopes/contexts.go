package scopes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type key string

// state says whether a context is done, and why.
func state(ctx context.Context) string {
	if ctx.Err() == nil {
		return "live"
	}
	return fmt.Sprint(ctx.Err(), ", ", context.Cause(ctx))
}

// ContextValues sets values, and looks at them in what it starts and calls.
//
// async
func ContextValues(w *harness.World) (string, error) {
	rt.SetValue(key("user"), "a")
	task := rt.Spawn(func() (string, error) {
		before := rt.Context().Value(key("user"))
		rt.SetValue(key("user"), "b")
		err := rt.Await0(w.Do("child"))
		return fmt.Sprint(before, rt.Context().Value(key("user"))), err
	})
	rt.SetValue(key("user"), "c")
	s, err := rt.Await(task.Wait())
	w.Trace("child", s, harness.Show(err))
	err = rt.Await0(rt.WithContext0(context.WithValue(rt.Context(), key("user"), "d"), func() error {
		w.Trace("inside", rt.Context().Value(key("user")))
		return rt.Await0(w.Do("inside"))
	}))
	w.Err("inside", err)
	v, err := rt.Await(rt.Blocking(func(ctx context.Context) (any, error) { return ctx.Value(key("user")), ctx.Err() }))
	return fmt.Sprint(v, rt.Context().Value(key("user"))), err
}

// ContextStates keeps contexts beyond their scopes.
//
// async
func ContextStates(w *harness.World) (s string, err error) {
	kept := []context.Context{rt.Context()}
	keep := func() { kept = append(kept, rt.Context()) } // an ordinary closure
	n, expired, err := rt.Await2(rt.MoveOn(0, func() (int, error) {
		keep()
		err := rt.Await0(w.Do("no time"))
		keep()
		return len(kept), err
	}))
	w.Trace("moved on", n, expired, harness.Show(err))
	err = rt.Await0(rt.Timeout0(time.Hour, func() error {
		keep()
		_, limited := rt.Context().Deadline()
		w.Trace("limited", limited)
		if err := rt.Await0(w.Do("in time")); err != nil {
			w.Trace("states", state(kept[0]), state(rt.Context()))
			return err
		}
		return nil
	}))
	w.Err("timeout", err)
	for _, ctx := range kept {
		s += state(ctx) + ";"
	}
	return s, err
}

// ContextOuter is bounded by contexts that are over, or end while it waits.
//
// async
func ContextOuter(w *harness.World) (int, error) {
	over, end := context.WithCancelCause(context.Background())
	v, err := rt.Await(rt.WithContext(over, func() (int, error) { return rt.Await(w.Get(1)) }))
	w.Trace("before", v, harness.Show(err))
	cause := errors.New("over")
	err = rt.Await0(rt.WithContext0(over, func() error {
		defer func() {
			if err := rt.Await0(rt.Cleanup0(time.Hour, func() error { return rt.Await0(w.Do("cleanup")) })); err != nil {
				w.Err("cleanup", err)
			}
		}()
		end(cause)
		return rt.Await0(rt.NewEvent().Wait())
	}))
	w.Trace("while", harness.Show(err), errors.Is(err, cause))
	v, err = rt.Await(rt.WithContext(over, func() (int, error) { return rt.Await(w.Get(2)) }))
	w.Trace("after", v, harness.Show(err))
	return v, rt.Await0(w.Do("end"))
}

// ContextOfAMember has a function of a group bounded by a context of its own,
// which ends; so the others end, too.
//
// async
func ContextOfAMember(w *harness.World) (s string, err error) {
	own, end := context.WithCancelCause(context.Background())
	cause := errors.New("over")
	err = rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error {
			if err := rt.Await0(w.Do("member")); err != nil {
				return err
			}
			end(cause)
			return rt.Await0(rt.WithContext0(own, func() error { return rt.Await0(rt.NewEvent().Wait()) }))
		})
		g.Go(func() error {
			err := rt.Await0(rt.NewEvent().Wait())
			w.Err("other", err)
			return err
		})
		return rt.Await0(w.Do("body"))
	}))
	var group *rt.GroupError
	return fmt.Sprint(errors.As(err, &group), errors.Is(err, cause)), err
}

// ContextTimes uses the loop's clock and random numbers, inside a closure too.
//
// async
func ContextTimes(w *harness.World) (bool, error) {
	begin, r := rt.Now(), rt.Rand()
	elapsed := func() time.Duration { return rt.Now().Sub(begin) }
	if err := rt.Await0(w.Do("something")); err != nil {
		return elapsed() >= 0, err
	}
	n := r.IntN(10)
	return elapsed() >= 0 && rt.Rand() == r && 0 <= n && n < 10, nil
}
