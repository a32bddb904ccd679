package rt_test

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

// A generator is driven by whoever wants its values; what is sent to it comes out of its yield.
func ExamplePull() {
	total := rt.Pull(func(yield rt.Yield[int, int]) (string, error) {
		sum := 0
		for {
			n, err := yield(sum)
			if err != nil {
				return fmt.Sprintf("the sum was %d", sum), err
			}
			sum += n
		}
	})
	total.Next()
	for n := range 4 {
		sum, _ := total.Send(n)
		fmt.Println(sum)
	}
	total.Close()
	fmt.Println(total.Result())
	// Output:
	// 0
	// 1
	// 3
	// 6
	// the sum was 6 rt: the generator is being closed
}

func ExampleFuture_AddDoneCallback() {
	loop, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer loop.Close()

	answer := rt.NewFutureOn[int](loop)
	answer.AddDoneCallback(func(f *rt.Future[int]) {
		fmt.Println(f.Result())
		loop.Stop()
	})
	// Other goroutines come in through Post.
	go loop.Post(func() { answer.SetResult(42) })
	if err := loop.Run(); err != nil {
		fmt.Println(err)
	}
	// Output: 42 <nil>
}

// A coroutine can be driven by hand, without a loop: Send tells what it waits for.
func ExampleDrive() {
	price := rt.NewFuture[int]()
	co := rt.Drive(price.WaitAsync())
	_, done := co.Send()
	fmt.Println("done:", done)
	price.SetResult(7)
	_, done = co.Send()
	fmt.Println("done:", done)
	fmt.Println(co.Result())
	// Output:
	// done: false
	// done: true
	// 7 <nil>
}
