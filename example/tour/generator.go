package main

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

// A function with a parameter yield is a generator. In Python one writes
//
//	def numbers():
//	    yield 1
//	    yield 2
//
// and calling numbers() runs nothing: it makes an object that next() drives from yield to yield, until StopIteration. Here,
// too, the call numbersAsync() runs nothing, Next runs the body to its next yield, and false is StopIteration. Next returns
// what was yielded; what yield itself returns is the subject of the next section.
//
// The parameter stands for the driver, so the generated form leaves it out. The plain form remains what it looks like, a
// function that calls another: numbers could be called with any func(int) (struct{}, error).

// numbers yields 1 and 2.
//
//async:func
func numbers(yield rt.Yield[int, struct{}]) error {
	if _, err := yield(1); err != nil {
		return err
	}
	_, err := yield(2)
	return err
}

func showGenerator() error {
	g := numbersAsync()
	for range 3 {
		if v, ok := g.Next(); ok {
			fmt.Println(v)
		} else {
			fmt.Println("finished")
		}
	}
	fmt.Printf("%T\n", g)
	return nil
}
