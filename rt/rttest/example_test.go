package rttest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// A test of code with timeouts takes no time: the clock jumps to whatever the loop would have waited for.
func ExampleNewLoop() {
	test := func(t *testing.T) {
		loop, clock := rttest.NewLoop(t)
		answer := rt.NewFutureOn[string](loop)
		loop.CallLater(30*time.Minute, func() { answer.SetResult("hello") })

		text, err := rt.RunUntil(loop, rt.SpawnOn(loop, answer.WaitAsync()))
		fmt.Println(text, err, clock.Now())
	}
	test(new(testing.T)) // in a test: the function's own t

	// Output: hello <nil> 30m0s
}

// What a real poller would find ready on a socket is scripted: here at the second wait of the loop.
func ExamplePoller_OnWait() {
	clock := new(rttest.Clock)
	poller := rttest.NewPoller(clock)
	loop, err := rt.NewLoop(rt.LoopOptions{Poller: poller, Clock: clock})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer loop.Close()

	readable := rt.NewFutureOn[int](loop)
	poller.OnWait(2, func() { readable.SetResult(512) })
	n, err := rt.RunUntil(loop, rt.SpawnOn(loop, readable.WaitAsync()))
	fmt.Println(n, err, poller.Waits())

	// Output: 512 <nil> [0s -1ns 0s]
}
