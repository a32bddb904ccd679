package main

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

// A generator also returns. In Python the value of its return statement travels in the exception that ends it,
//
//	try:
//	    next(g)
//	except StopIteration as stop:
//	    print(stop.value)
//
// and that is how coroutines once got their results: a coroutine is a generator whose return value is what counts. Here the
// generator keeps it for Result.

// farewell yields 1 and returns "abc".
//
//async:func
func farewell(yield rt.Yield[int, struct{}]) (string, error) {
	if _, err := yield(1); err != nil {
		return "", err
	}
	return "abc", nil
}

func showResult() error {
	g := farewellAsync()
	for v := range g.All() {
		fmt.Println("yielded", v)
	}
	result, err := g.Result()
	if err != nil {
		return err
	}
	fmt.Println("returned", result)
	return nil
}
