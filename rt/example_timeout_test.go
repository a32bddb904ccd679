package rt_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
)

func ExampleTimeout() {
	_, err := rt.Timeout(time.Nanosecond, func() (string, error) {
		err := rt.Sleep(time.Hour)
		fmt.Println(err)
		return "", fmt.Errorf("fetch: %w", err)
	})
	fmt.Println(errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled))
	// Output:
	// rt: canceled: context deadline exceeded
	// true false
}

// What must be done however the task ends is done under a shield, and with a deadline, since cancels do not reach it.
func ExampleCleanup0() {
	err := rt.Timeout0(time.Nanosecond, func() error {
		defer func() {
			err := rt.Cleanup0(time.Minute, func() error { return rt.YieldNow() })
			fmt.Println("cleaned up:", err)
		}()
		return rt.Sleep(time.Hour)
	})
	fmt.Println(err)
	// Output:
	// cleaned up: <nil>
	// rt: timed out after 1ns
}
