package pipe

import (
	"errors"
	"fmt"
	"io"

	"github.com/goasync/goasync/rt"
)

// Plain runs the program in its plain form and writes what it does to w.
func Plain(w io.Writer) error { return rt.Run0(func() error { return run(w) }) }

// Generated is Plain in the generated form.
func Generated(w io.Writer) error { return rt.RunAsync0(runAsync(w)) }

var errOdd = errors.New("an odd number")

// square is slower for small numbers.
//
//async:func
func square(i int) (int, error) {
	for range 10 - i {
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return 0, err
		}
	}
	return i * i, nil
}

//async:func
func show[T any](v T) (string, error) { return fmt.Sprint("<", v, ">"), rt.Await0(rt.YieldNow()) }

//async:func
func half(i int) (int, error) {
	if i%2 != 0 {
		return 0, fmt.Errorf("%w: %d", errOdd, i)
	}
	return i / 2, nil
}

// run has several kinds of items pass several stages.
//
//async:func
func run(w io.Writer) error {
	texts, err := rt.Await(through(square, show, 1, 2, 3, 4, 5, 6, 7, 8, 9))
	if err != nil {
		return err
	}
	fmt.Fprintln(w, texts)

	lengths, err := rt.Await(through(show[bool], func(s string) (int, error) { return len(s), nil }, true, false))
	if err != nil {
		return err
	}
	fmt.Fprintln(w, lengths)

	// The first error ends all stages.
	_, err = rt.Await(through(half, show, 2, 4, 5, 6, 8, 10, 12))
	fmt.Fprintln(w, err, errors.Is(err, errOdd))
	return nil
}
