package rt_test

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

// ticks would be marked //async:func, and is then an async generator.
func ticks(n int, yield rt.Yield[int, struct{}]) error {
	defer fmt.Println("ticks end")
	for i := range n {
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
		if _, err := yield(i); err != nil {
			return err
		}
	}
	return nil
}

func ExampleEach() {
	err := rt.Run0(func() error {
		for v, err := range rt.Each(func(yield rt.Yield[int, struct{}]) error { return rt.Await0(ticks(5, yield)) }) {
			if err != nil {
				return err
			}
			if v == 2 {
				break
			}
			fmt.Println(v)
		}
		fmt.Println("left")
		return nil
	})
	fmt.Println(err)
	// Output:
	// 0
	// 1
	// ticks end
	// left
	// <nil>
}

func ExampleAsyncPull() {
	err := rt.Run0(func() error {
		g := rt.AsyncPull0(func(yield rt.Yield[int, struct{}]) error { return ticks(1, yield) })
		for v, ok, err := g.Next(); ok || err != nil; v, ok, err = g.Next() {
			if err != nil {
				return err
			}
			fmt.Println(v)
		}
		return nil
	})
	fmt.Println(err)
	// Output:
	// 0
	// ticks end
	// <nil>
}
