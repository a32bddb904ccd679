package rt_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/goasync/goasync/rt"
)

func ExampleGroup_Start() {
	err := rt.Nursery(func(g *rt.Group) error {
		if err := g.Start(func(ready func()) error {
			if err := rt.Sleep(time.Millisecond); err != nil { // opens a socket, reads a table
				return err
			}
			fmt.Println("listening")
			ready()
			return rt.Sleep(time.Hour) // serves
		}); err != nil {
			return err
		}
		fmt.Println("clients may come")
		g.Cancel(nil)
		return nil
	})
	fmt.Println(err)
	// Output:
	// listening
	// clients may come
	// <nil>
}

func ExampleGroup_Limit() {
	var lengths []int
	err := rt.Nursery(func(g *rt.Group) error {
		g.Limit(2)
		for _, word := range []string{"fig", "apple", "banana", "plum"} {
			if err := g.GoWait(func() error {
				n, err := length(word)
				lengths = append(lengths, n)
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	})
	slices.Sort(lengths)
	fmt.Println(lengths, err)
	// Output: [3 4 5 6] <nil>
}

func ExampleGroup_Supervise() {
	err := rt.Nursery(func(g *rt.Group) error {
		g.OnError(func(err error) { fmt.Println("a client failed:", err) })
		for _, word := range []string{"apple", "", "plum"} {
			g.Supervise(func() error {
				n, err := length(word)
				if err != nil {
					return err
				}
				fmt.Println("served", n)
				return nil
			})
		}
		return g.Drain(time.Minute)
	})
	fmt.Println(err)
	// Unordered output:
	// served 5
	// a client failed: no word
	// served 4
	// <nil>
}
