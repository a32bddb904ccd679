package flow

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// FinalFallthrough has fallthrough behind labels.
//
// async
func FinalFallthrough(w *harness.World) (s string, err error) {
	for i := range 4 {
		switch i {
		case 0:
			if val(rt.Await(w.Get(i))) == 0 {
				goto out
			}
			s += "a"
		out:
			fallthrough
		case 1:
			s += fmt.Sprint("b", val(rt.Await(w.Get(i))))
			fallthrough
		case 2:
			s += fmt.Sprint("c", val(rt.Await(w.Get(i))))
		twice:
		again:
			if len(s) > 20 {
				goto again2
			}
			if s += "."; len(s)%2 == 0 {
				goto twice
			}
			if len(s)%3 == 0 {
				goto again
			}
		again2:
			fallthrough
		default:
			s += "d"
		}
	}
	return s, nil
}

// FinalIntegers ranges over integers of all types with bodies that end the
// loop.
//
// async
func FinalIntegers(w *harness.World) (s string, err error) {
	a, err := rt.Await(finalReturn(w, 3))
	if err != nil {
		return s, err
	}
	b, err := rt.Await(finalAssign(w, 3))
	if err != nil {
		return s, err
	}
	c, err := rt.Await(finalCaptured(w, 3))
	if err != nil {
		return s, err
	}
	d, err := rt.Await(finalShift(w, 3))
	return fmt.Sprint(a, b, c, d), err
}

type finalSmall uint8

// async
func finalReturn(w *harness.World, n uint8) (int, error) {
	for i := range n {
		return rt.Await(w.Get(int(i) + int(n)))
	}
	for i := range finalSmall(n) {
		return rt.Await(w.Get(int(i)))
	}
	return -1, nil
}

// async
func finalAssign(w *harness.World, n uint8) (int, error) {
	var k uint8 = 7
	for k = range 10 {
		return rt.Await(w.Get(int(k) + 1))
	}
	return int(k), nil
}

// async
func finalCaptured(w *harness.World, n uint8) (int, error) {
	var f func() uint16
	for i := range uint16(7) {
		f = func() uint16 { i++; return i }
		if err := rt.Await0(w.Do("captured")); err != nil {
			return 0, err
		}
		break
	}
	return int(f()), nil
}

// async
func finalShift(w *harness.World, n uint8) (int, error) {
	var k uint8
	sum := 0
	for k = range 1 << (n - 1) {
		if err := rt.Await0(w.Do("shift")); err != nil {
			return sum, err
		}
		sum += int(k)
	}
	for k = range 1 << n {
		return rt.Await(w.Get(sum + int(k)))
	}
	return sum, nil
}
