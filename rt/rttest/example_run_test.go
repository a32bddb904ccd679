package rttest_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

//go:generate go run github.com/goasync/goasync/cmd/goasync

// insist is what is to be tested: it asks until there is an answer, and waits longer each time.
//
//async:func
func insist(ask func() (string, error)) (string, error) {
	for wait := time.Second; ; wait *= 2 {
		text, err := ask()
		if err == nil {
			return text, nil
		}
		if err := rt.Await0(rt.Sleep(wait)); err != nil {
			return "", err
		}
	}
}

// answers returns a function that fails so many times, and then does not.
func answers(failures int) func() (string, error) {
	return func() (string, error) {
		if failures--; failures >= 0 {
			return "", errors.New("busy")
		}
		return "hello", nil
	}
}

// on makes a run use clock. It is for one run, whose loop closes the poller.
func on(clock *rttest.Clock) rt.RunOptions {
	return rt.RunOptions{Loop: rt.LoopOptions{Clock: clock, Poller: rttest.NewPoller(clock)}}
}

// Code that waits for an hour is run in no time, in the plain form as it is written and in the generated one, and the test checks what it
// returns and how long it would have taken.
func Example() {
	var clock rttest.Clock
	text, err := rt.RunWith(on(&clock), func() (string, error) { return insist(answers(12)) })
	fmt.Println(text, err, clock.Now())

	var clock2 rttest.Clock
	text, err = rt.RunAsyncWith(on(&clock2), insistAsync(answers(12)))
	fmt.Println(text, err, clock2.Now())

	// Output:
	// hello <nil> 1h8m15s
	// hello <nil> 1h8m15s
}
