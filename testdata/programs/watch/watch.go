// Package watch is looked at while it waits: for the tests of what dumps and reports of deadlocks say about generated code.
package watch

import (
	"context"
	"io"
	"time"

	"github.com/goasync/goasync/rt"
)

// philosophers take two forks each, in an order that has them wait for each other for ever.
//
// async
func philosophers(left, right *rt.Lock) error {
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { return rt.Await0(dine(left, right)) })
		g.Go(func() error { return rt.Await0(dine(right, left)) })
		return nil
	}))
}

// async
func dine(first, second *rt.Lock) error {
	if err := rt.Await0(first.Lock()); err != nil {
		return err
	}
	defer first.Unlock()
	if err := rt.Await0(rt.YieldNow()); err != nil {
		return err
	}
	if err := rt.Await0(second.Lock()); err != nil { // for ever
		return err
	}
	second.Unlock()
	return nil
}

// tour waits in one way after the other, and lets each be looked at.
//
// async
func tour(look func()) error {
	watcher := rt.Spawn0(func() error { return rt.Await0(watch(look)) })
	if err := rt.Await0(rt.Timeout0(time.Second, func() error { return rt.Await0(nap(2)) })); err != nil {
		return err
	}
	_, err := rt.Await(watcher.Wait())
	return err
}

// async
func watch(look func()) error {
	if err := rt.Await0(rt.Sleep(time.Millisecond)); err != nil {
		return err
	}
	look()
	return nil
}

// async
func nap(depth int) error {
	if depth > 0 {
		err := rt.Await0(nap(depth - 1))
		return err
	}
	return rt.Await0(rt.Sleep(10 * time.Millisecond))
}

// consumers wait for items that nobody puts.
//
// async
func consumers(q *rt.Queue[int]) error {
	_, err := rt.Await(rt.Gather(
		func() (int, error) { return rt.Await(q.Get()) },
		func() (int, error) { return rt.Await(q.Get()) },
	))
	return err
}

// fails panics below as many awaits as depth says, behind a suspension if it is to.
//
// async
func fails(depth int, late bool) (err error) {
	if depth > 0 {
		err := rt.Await0(fails(depth-1, late))
		return err
	}
	if late {
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
	}
	raise()
	return io.EOF
}

// raise is who panics.
func raise() { panic("raised") }

// A voyage is a function whose k-th await panics.
type voyage struct {
	k    int
	late bool // after a suspension
	log  []int
}

// async
func (v *voyage) sail() (err error) {
	defer func() { rt.Await0(v.leg(5)) }()
	if err := rt.Await0(v.leg(1)); err != nil {
		return err
	}
	defer v.call(4)
	for i := 2; i < 4; i++ {
		if err := rt.Await0(v.leg(i)); err != nil {
			return err
		}
	}
	return nil
}

// async
func (v *voyage) leg(i int) error {
	if v.late {
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
	}
	v.call(i)
	return nil
}

func (v *voyage) call(i int) {
	v.log = append(v.log, i)
	if i == v.k {
		raise()
	}
}

// outside waits for what a goroutine does that Blocking started.
//
// async
func outside(q *rt.Queue[int]) error {
	worker := rt.Spawn0(func() error {
		return rt.Await0(rt.Blocking0(func(context.Context) error {
			time.Sleep(time.Minute)
			return q.Put(7) // blocks this goroutine alone
		}))
	})
	if _, err := rt.Await(q.Get()); err != nil {
		return err
	}
	_, err := rt.Await(worker.Wait())
	return err
}

// posted waits for a future that a goroutine sets by a post.
//
// async
func posted() error {
	l, f := rt.RunningLoop(), rt.NewFuture[int]()
	time.AfterFunc(time.Hour, func() {
		l.Post(func() { f.SetResult(8) })
	})
	_, err := rt.Await(f.Wait())
	return err
}

// bounded waits for what nobody puts, until ctx ends.
//
// async
func bounded(ctx context.Context, q *rt.Queue[int]) error {
	err := rt.Await0(rt.WithContext0(ctx, func() error {
		_, err := rt.Await(q.Get())
		return err
	}))
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// fleet runs functions one after the other, of which the first panics.
//
// async
func fleet(late bool) error {
	return rt.Await0(rt.Map0(1, []int{0, 1, 2}, func(depth int) error { return rt.Await0(fails(depth, late)) }))
}
