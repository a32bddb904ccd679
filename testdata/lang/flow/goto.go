package flow

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// GotoLoops goes back and forth between statements that await.
//
// async
func GotoLoops(w *harness.World) (s string, err error) {
	i := 0
again:
	if err := rt.Await0(w.Do("a")); err != nil {
		w.Err("a", err)
		i++
	}
	s += fmt.Sprint(i)
	if i++; i < 4 {
		goto again
	}
	for {
		if err := rt.Await0(w.Do("b")); err == nil {
			goto out
		}
		for {
			if i++; i > 6 {
				goto out
			}
			break
		}
	}
out:
	s += "o"
	{
		if i > 100 {
			goto end
		}
	inner:
		if i++; i%3 != 0 {
			goto inner
		}
		if err := rt.Await0(w.Do("c")); err != nil && i < 20 {
			goto inner
		}
	end:
	}
	return fmt.Sprint(s, i), nil
}

// GotoFresh declares variables anew each time, which closures capture.
//
// async
func GotoFresh(w *harness.World) (s string, err error) {
	var fs []func() int
	n := 0
top:
	{
		x := n * 10
		var y int
		fs = append(fs, func() int { x++; y += 2; return x + y })
		if err := rt.Await0(w.Do("x")); err != nil {
			y = 100
		}
		x += fs[len(fs)-1]()
	}
	if n++; n < 3 {
		goto top
	}
	for _, f := range fs {
		s += fmt.Sprint(f(), " ")
	}
	return s, nil
}

// GotoLabels has labels that are loops' too, with break, continue and goto.
//
// async
func GotoLabels(w *harness.World) (s string, err error) {
	n := 0
L:
	for i := 0; i < 3; i++ {
		if err := rt.Await0(w.Do("i")); err != nil {
			w.Err("i", err)
			if n++; n < 3 {
				goto L
			}
			break L
		}
		switch n += i; {
		case n == 1:
			continue L
		case n == 4:
			goto M
		}
		s += fmt.Sprint(i, n, " ")
	}
M:
	for j := range 3 {
		s += fmt.Sprint("m", j)
		if j == 1 {
			break M
		}
	}
	if n++; n < 8 {
		goto M
	}
	if err := rt.Await0(w.Do("m")); err != nil && n < 10 {
		goto L
	}
	return s, nil
}

// GotoSkips jumps over a statement that awaits, to the end of a block.
//
// async
func GotoSkips(w *harness.World) (n int, err error) {
	for i := range 3 {
		if i == 1 {
			goto next
		}
		if _, err := rt.Await(w.Get(i)); err != nil {
			goto fail
		}
		n += 10
		goto next
	fail:
		n += 100
	next:
	}
	switch {
	case n > 0:
		if rt.Await0(w.Do("x")) != nil {
			goto done
		}
		n++
	done:
		n *= 2
		fallthrough
	default:
		n++
	}
	return n, nil
}

// GotoInside has gotos that stay inside loops over functions, and one that
// only its own statement has.
//
// async
func GotoInside(w *harness.World) (s string, err error) {
	n := 0
again:
	for i := range upTo(w, 3) {
	retry:
		if rt.Await0(w.Do(fmt.Sprint("i", i))) != nil && n < 3 {
			n++
			goto retry
		}
		if i == 1 && n == 1 {
			n++
			goto again
		}
		if i == 2 {
			goto next
		}
		s += fmt.Sprint(i)
	next:
	}
loop:
	for j := 0; j < 3; j++ {
		if rt.Await0(w.Do("j")) != nil && n < 6 {
			n++
			goto loop
		}
		s += fmt.Sprint(",", j)
	}
	return fmt.Sprint(s, n), nil
}
