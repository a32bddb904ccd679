package rt_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/goasync/goasync/rt"
)

// length stands for a function that awaits: here it only lets others run.
func length(word string) (int, error) {
	if err := rt.YieldNow(); err != nil {
		return 0, err
	}
	if word == "" {
		return 0, errors.New("no word")
	}
	return len(word), nil
}

func ExampleRun() {
	total, err := rt.Run(func() (int, error) {
		one := rt.Spawn(func() (int, error) { return length("apple") })
		two := rt.Spawn(func() (int, error) { return length("fig") })
		a, err := one.Wait()
		if err != nil {
			return 0, err
		}
		b, err := two.Wait()
		return a + b, err
	})
	fmt.Println(total, err)
	// Output: 8 <nil>
}

func ExampleGather() {
	lengths, err := rt.Gather(
		func() (int, error) { return length("apple") },
		func() (int, error) { return length("fig") },
	)
	fmt.Println(lengths, err)

	// The first error cancels the others and is returned.
	_, err = rt.Gather(
		func() (int, error) { return length("") },
		func() (int, error) { return 0, rt.Sleep(1 << 60) },
	)
	fmt.Println(err)
	// Output:
	// [5 3] <nil>
	// no word
}

func ExampleBlocking() {
	err := rt.Run0(func() error {
		// Other tasks run while the goroutine reads.
		text, err := rt.Blocking(func(ctx context.Context) (string, error) {
			var word string
			_, err := fmt.Fscan(strings.NewReader("hello"), &word)
			return word, err
		})
		fmt.Println(text)
		return err
	})
	fmt.Println(err)
	// Output:
	// hello
	// <nil>
}
