// Package bench has async functions whose generated code is measured.
package bench

import "github.com/goasync/goasync/rt"

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

// park has two words of state while it waits for f.
//
//async:func
func park(f *rt.Future[int], a int) (int, error) {
	n, err := rt.Await(f.Wait())
	return n + a, err
}
