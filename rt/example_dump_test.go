package rt_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// What a program waits for. In the generated form the tree has the functions that await each other, too, with their lines.
func ExampleDump() {
	clock := new(rttest.Clock)
	l, err := rt.NewLoop(rt.LoopOptions{Poller: rttest.NewPoller(clock), Clock: clock})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	q := rt.NewQueue[string](1)
	consumer := rt.SpawnOn(l, q.GetAsync())
	consumer.SetName("consumer")
	l.CallSoon(func() {
		rt.Dump(context.Background(), os.Stdout)
		q.TryPut("enough")
	})
	rt.RunUntil(l, consumer)
	// Output:
	// 1 task at 0s
	// └── consumer: waiting
	//     └── an item of a queue, place 1
}

// Two tasks that take two locks in different orders wait for each other for ever: Run says so.
func ExampleDeadlockError() {
	a, b := rt.NewLock(), rt.NewLock()
	both := func(first, second *rt.Lock) func() error {
		return func() error {
			if err := rt.Await0(first.Lock()); err != nil {
				return err
			}
			defer first.Unlock()
			rt.Await0(rt.YieldNow())
			if err := rt.Await0(second.Lock()); err != nil {
				return err
			}
			second.Unlock()
			return nil
		}
	}
	err := rt.Run0(func() error { return rt.Gather0(both(a, b), both(b, a)) })
	if d, ok := errors.AsType[*rt.DeadlockError](err); ok {
		fmt.Println(d.Snapshot) // it begins: cycle: Task-2 -> Task-3 -> Task-2
	}
}
