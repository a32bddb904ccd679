package main

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

// A coroutine that awaits another one is the same machine with a different driver: the loop. In Python,
//
//	async def double(n):
//	    return 2 * n
//
//	async def report(name):
//	    n = await double(21)
//
// An await of a coroutine is a call: nothing else runs on its account, unless what is called has to wait. A task is what makes
// two coroutines run beside each other: the loop resumes one, it runs until it waits, and only then the other has its turn.
// So the order below is no accident of scheduling, it is the same in every run, and between two awaits no lock is needed.

// double returns 2n without waiting for anything.
//
//async:func
func double(n int) (int, error) {
	return 2 * n, nil
}

// steps prints three steps and lets the other tasks run after each.
//
//async:func
func steps(name string) error {
	for i := range 3 {
		fmt.Println(name, "step", i+1)
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
	}
	return nil
}

// report awaits a coroutine, and then two tasks.
//
//async:func
func report() error {
	n, err := rt.Await(double(21))
	if err != nil {
		return err
	}
	fmt.Println("double(21) is", n)

	one := rt.Spawn0(func() error { return rt.Await0(steps("one")) })
	two := rt.Spawn0(func() error { return rt.Await0(steps("two")) })
	fmt.Println("two tasks, neither has begun")
	if _, err := rt.Await(one.Wait()); err != nil {
		return err
	}
	_, err = rt.Await(two.Wait())
	return err
}

func showTasks() error {
	return rt.RunAsync0(reportAsync())
}
