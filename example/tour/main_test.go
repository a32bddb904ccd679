package main

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

func Example() {
	if err := tour(nil); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1. a generator
	// 1
	// 2
	// finished
	// *rt.Generator[int,struct {},struct {}]
	//
	// 2. Send and Throw
	// 1
	// abc
	// 2
	// 3
	// error: enough
	//
	// 3. a generator's return value
	// yielded 1
	// returned abc
	//
	// 4. yield from
	// 1
	// 2
	// inner abc
	// other 3
	// 4
	// finished
	//
	// 5. coroutines and tasks
	// double(21) is 42
	// two tasks, neither has begun
	// one step 1
	// two step 1
	// one step 2
	// two step 2
	// one step 3
	// two step 3
	//
	// 6. a future
	// new: pending
	// set: finished with 42, and the callback has not run
	// callback: finished with 42
	// awaited: 42
	// set again is refused: true
	// another one: finished with the error no answer
	// a third one: cancelled
	// awaited: rt: canceled: not needed
	//
	// 7. what happens when data arrives
	// 1 epoll waits
	// 2 a ready socket is returned
	// 3 the future that stands for it is set
	// 4 the task that added itself to the future is woken
	// 5 it resumes the innermost coroutine through Send: *poll.ConnReadOp
	// 6 the data is read
	// 7 and returned: hello
}

// The plain forms, each task on a goroutine, print the same.
func Example_plain() {
	if err := rt.Run0(report); err != nil {
		fmt.Println(err)
	}
	if err := rt.Run0(answer); err != nil {
		fmt.Println(err)
	}
	g := rt.Pull(farewell)
	fmt.Println(g.Next())
	fmt.Println(g.Next())
	fmt.Println(g.Result())
	// Output:
	// double(21) is 42
	// two tasks, neither has begun
	// one step 1
	// two step 1
	// one step 2
	// two step 2
	// one step 3
	// two step 3
	// new: pending
	// set: finished with 42, and the callback has not run
	// callback: finished with 42
	// awaited: 42
	// set again is refused: true
	// another one: finished with the error no answer
	// a third one: cancelled
	// awaited: rt: canceled: not needed
	// 1 true
	// 0 false
	// abc <nil>
}
