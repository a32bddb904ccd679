package main

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

// A generator can let another one yield in its place: Python's
//
//	def outer():
//	    yield 1
//	    other = yield from inner()
//	    print("other", other)
//	    yield 4
//
// Here it awaits inner and passes its yield on. While inner runs, Next, Send and Throw reach it directly, however deep the
// chain is; outer sees nothing of it but inner's results. This is await, already: asyncio's await was yield from, and what it
// yields is what the loop has to wait for.

// inner yields 2, prints what it gets for it and returns 3.
//
//async:func
func inner(yield rt.Yield[int, string]) (int, error) {
	word, err := yield(2)
	if err != nil {
		return 0, err
	}
	fmt.Println("inner", word)
	return 3, nil
}

// outer yields 1, what inner yields, and 4.
//
//async:func
func outer(yield rt.Yield[int, string]) error {
	if _, err := yield(1); err != nil {
		return err
	}
	other, err := rt.Await(inner(yield))
	if err != nil {
		return err
	}
	fmt.Println("other", other)
	_, err = yield(4)
	return err
}

func showDelegation() error {
	g := outerAsync()
	v, _ := g.Next()
	fmt.Println(v)
	v, _ = g.Next()
	fmt.Println(v)
	v, _ = g.Send("abc")
	fmt.Println(v)
	if _, ok := g.Next(); !ok {
		fmt.Println("finished")
	}
	return nil
}
