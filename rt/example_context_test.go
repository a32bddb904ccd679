package rt_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
)

// What takes a context is bounded by the scopes around the call.
func ExampleContext() {
	query := func(ctx context.Context) error { // as of a database
		<-ctx.Done()
		return ctx.Err()
	}
	err := rt.Run0(func() error {
		return rt.Timeout0(time.Millisecond, func() error {
			ctx := rt.Context()
			return rt.Blocking0(func(context.Context) error { return query(ctx) })
		})
	})
	fmt.Println(err)
	// Output: rt: timed out after 1ms
}

type userKey struct{}

// A handler that is given a context, as those of net/http are, runs under it.
func ExampleWithContext0() {
	ctx, cancel := context.WithCancelCause(context.WithValue(context.Background(), userKey{}, "ann"))
	err := rt.WithContext0(ctx, func() error {
		fmt.Println("for", rt.Context().Value(userKey{}))
		cancel(errors.New("the client is gone"))
		return rt.Sleep(time.Hour)
	})
	fmt.Println(err)
	// Output:
	// for ann
	// rt: canceled: the client is gone
}

func ExampleSetValue() {
	rt.Run0(func() error {
		rt.SetValue(userKey{}, "ann")
		child := rt.Spawn0(func() error {
			fmt.Println("the child has", rt.Context().Value(userKey{}))
			rt.SetValue(userKey{}, "bob")
			return nil
		})
		_, err := child.Wait()
		fmt.Println("the parent has", rt.Context().Value(userKey{}))
		return err
	})
	// Output:
	// the child has ann
	// the parent has ann
}

func ExampleMoveOn() {
	n, expired, err := rt.MoveOn(time.Millisecond, func() (int, error) {
		for n := 0; ; n++ {
			if err := rt.Sleep(time.Hour); err != nil {
				return n, err // as far as it came
			}
		}
	})
	fmt.Println(n, expired, err)
	// Output: 0 true <nil>
}

// A task that does not end when it is cancelled holds the program up for the grace period, and is named.
func ExampleRunWith0() {
	err := rt.RunWith0(rt.RunOptions{Grace: time.Millisecond}, func() error {
		rt.Spawn0(func() error {
			return rt.Shield0(func() error { return rt.NewEvent().Wait() }) // what nobody sets
		})
		return rt.YieldNow()
	})
	var left *rt.SurvivorsError
	if errors.As(err, &left) {
		fmt.Println(left.Tasks[0].Name, "waits for", left.Tasks[0].Waiting)
	}
	// Output: Task-1 waits for an event, place 1
}
