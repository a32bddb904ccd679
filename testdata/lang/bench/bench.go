// Package bench has async functions whose generated code is measured.
package bench

import (
	"iter"

	"github.com/goasync/goasync/rt"
)

// add suspends only for a negative a.
//
//async:func
func add(a, b int) (int, error) {
	if a < 0 {
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return 0, err
		}
	}
	return a + b, nil
}

// sum awaits a call that does not suspend, n times.
//
//async:func
func sum(n int) (int, error) {
	total := 0
	for i := range n {
		v, err := rt.Await(add(total, i))
		if err != nil {
			return 0, err
		}
		total = v
	}
	return total, nil
}

// spin lets others run, n times.
//
//async:func
func spin(n int) error {
	for range n {
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
	}
	return nil
}

// deep is spin below depth other calls.
//
//async:func
func deep(depth, n int) error {
	if depth > 0 {
		return rt.Await0(deep(depth-1, n))
	}
	return rt.Await0(spin(n))
}

// fib calls itself, and does not suspend.
//
//async:func
func fib(n int) (int, error) {
	if n < 2 {
		return n, nil
	}
	a, err := rt.Await(fib(n - 1))
	if err != nil {
		return 0, err
	}
	b, err := rt.Await(fib(n - 2))
	return a + b, err
}

// count yields 0 to n-1.
//
//async:func
func count(n int, yield rt.Yield[int, struct{}]) error {
	for i := range n {
		if _, err := yield(i); err != nil {
			return err
		}
	}
	return nil
}

// upTo yields 0 to n-1, to a loop of Go's.
//
//async:func
func upTo(n int, yield func(int) bool) {
	for i := range n {
		if !yield(i) {
			return
		}
	}
}

// below is upTo below depth other iterators.
//
//async:func
func below(depth, n int, yield func(int) bool) {
	if depth > 0 {
		below(depth-1, n, yield)
		return
	}
	upTo(n, yield)
}

// from returns an iterator.
//
//async:func
func from(n int) iter.Seq[int] {
	return func(yield func(int) bool) { upTo(n, yield) }
}

// loop lets nobody run, but could, in a loop over an iterator.
//
//async:func
func loop(n int) (int, error) {
	total := 0
	for v := range from(n) {
		t, err := rt.Await(add(total, v))
		if err != nil {
			return 0, err
		}
		total = t
	}
	return total, nil
}

// loopOver is loop over any function.
//
//async:func
func loopOver(seq iter.Seq[int]) (int, error) {
	total := 0
	for v := range seq {
		t, err := rt.Await(add(total, v))
		if err != nil {
			return 0, err
		}
		total = t
	}
	return total, nil
}

// tick is count, and could await.
//
//async:func
func tick(n int, yield rt.Yield[int, struct{}]) error {
	for i := range n {
		if v, err := rt.Await(add(i, 0)); err != nil || v < 0 {
			return err
		}
		if _, err := yield(i); err != nil {
			return err
		}
	}
	return nil
}

// each is loop over an async generator.
//
//async:func
func each(n int) (int, error) {
	total := 0
	for v, err := range rt.Each(func(yield rt.Yield[int, struct{}]) error { return rt.Await0(tick(n, yield)) }) {
		if err != nil {
			return 0, err
		}
		total += v
	}
	return total, nil
}

// park has two words of state while it waits for f.
//
//async:func
func park(f *rt.Future[int], a int) (int, error) {
	n, err := rt.Await(f.Wait())
	return n + a, err
}
