package calls

import (
	"fmt"
	"iter"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// TailsEnd has functions that end with each other, with and without a
// suspension before.
//
// async
func TailsEnd(w *harness.World) (string, error) {
	a, err := rt.Await(tailSelf(w, 4, 0))
	w.Err("self", err)
	b, c, err := rt.Await2(tailPing(w, 5, "s"))
	w.Err("ping", err)
	d, err := rt.Await((&tailer{w: w}).spin(3))
	w.Err("spin", err)
	e, err := rt.Await(tailMany(w, []int{1, 2, 3}, func(n int) (int, error) { return rt.Await(w.Get(n)) }))
	return fmt.Sprint(a, b, c, d, e), err
}

// async
func tailSelf(w *harness.World, n, sum int) (int, error) {
	if n == 0 {
		return sum, nil
	}
	v, err := rt.Await(w.Get(n))
	if err != nil {
		return rt.Await(tailSelf(w, n-1, sum))
	}
	return rt.Await(tailSelf(w, n-1, sum+v))
}

// async
func tailPing(w *harness.World, n int, s string) (string, int, error) {
	if n <= 0 {
		return s, n, nil
	}
	if n%2 == 0 {
		if err := rt.Await0(w.Do("ping")); err != nil {
			s += "!"
		}
	}
	return rt.Await2(tailPong(w, n-1, s+"i"))
}

// async
func tailPong(w *harness.World, n int, s string) (t string, m int, err error) {
	err = rt.Await0(w.Do("pong"))
	if err != nil && n == 2 {
		panic(fmt.Sprint("pong ", n))
	}
	return rt.Await2(tailPing(w, n-1, s+"o"))
}

type tailer struct {
	w *harness.World
	n int
}

// async
func (t *tailer) spin(left int) (int, error) {
	defer func() { t.n++ }()
	if left == 0 {
		return t.n, rt.Await0(t.w.Do("spun"))
	}
	return rt.Await(t.turn(left))
}

// async
func (t *tailer) turn(left int) (int, error) {
	if err := rt.Await0(t.w.Do("turn")); err != nil {
		left = 1
	}
	return rt.Await(t.spin(left - 1))
}

// async
func tailMany[T any](w *harness.World, list []T, f func(T) (int, error)) (int, error) {
	if len(list) == 0 {
		return 0, nil
	}
	if n, err := rt.Await(f(list[0])); err != nil {
		return n, err
	}
	return rt.Await(tailMany(w, list[1:], f))
}

// TailsBranch has functions of a circle that end with one or another of it.
//
// async
func TailsBranch(w *harness.World) (string, error) {
	a, err := rt.Await(tailFork(w, 6, "s"))
	w.Err("fork", err)
	b, err := rt.Await(tailLeft(w, 3, "t"))
	return a + b, err
}

// async
func tailFork(w *harness.World, n int, s string) (string, error) {
	switch n % 3 {
	case 0:
		if n == 0 {
			return s, rt.Await0(w.Do("end"))
		}
		return rt.Await(tailLeft(w, n-1, s+"f"))
	case 1:
		return rt.Await(tailRight(w, n-1, s+"g"))
	}
	return rt.Await(tailFork(w, n-1, s+"h"))
}

// async
func tailLeft(w *harness.World, n int, s string) (string, error) {
	if n < 0 {
		return s, nil
	}
	return rt.Await(tailFork(w, n-1, s+"l"))
}

// async
func tailRight(w *harness.World, n int, s string) (string, error) {
	if v, err := rt.Await(w.Get(n)); err != nil || v > 2 {
		return rt.Await(tailLeft(w, n-1, s+"r"))
	}
	return rt.Await(tailFork(w, n-1, s+"R"))
}

// TailsMore has functions of a circle with something left to do behind the
// await that they end with: deferred calls, and a loop over a function.
//
// async
func TailsMore(w *harness.World) (string, error) {
	a, err := rt.Await(tailClosing(w, 3))
	w.Err("closing", err)
	b, err := rt.Await(tailLooping(w, 3))
	w.Err("looping", err)
	return a + b, err
}

// async
func tailClosing(w *harness.World, n int) (string, error) {
	defer w.Trace("closed", n)
	err := rt.Await0(w.Do("closing")) // behind a suspension a frame that hands on is left
	if err != nil || n == 0 {
		return "closing", err
	}
	return rt.Await(tailClosing(w, n-1))
}

// async
func tailLooping(w *harness.World, n int) (string, error) {
	for v := range tailValues(w, n) {
		if n == 0 {
			return "looping", rt.Await0(w.Do("end"))
		}
		if v > 1 {
			return rt.Await(tailLooping(w, n-1))
		}
		if err := rt.Await0(w.Do("value")); err != nil {
			w.Err("value", err)
		}
	}
	return "looped", nil
}

func tailValues(w *harness.World, n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer w.Trace("stopped", n)
		for v := range 4 {
			if !yield(v) {
				return
			}
		}
	}
}
