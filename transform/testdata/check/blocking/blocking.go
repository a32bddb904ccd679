// Package blocking has functions for rt.Blocking that write what they capture.
package blocking

import (
	"bytes"
	"context"

	"github.com/goasync/goasync/rt"
)

var total int

// async
func writes(p *bytes.Buffer, list []int) (n int, err error) {
	var buf bytes.Buffer
	var pair struct{ a, b [2]int }
	var arr [4]byte
	_, err = rt.Await(rt.Blocking(func(ctx context.Context) (int, error) {
		n = 1                // want "write to n in a function for rt.Blocking, which runs on another goroutine; return the value instead"
		n++                  // want "write to n in a function for rt.Blocking, which runs on another goroutine; return the value instead"
		q := &n              // want "pointer to n in a function for rt.Blocking, which runs on another goroutine; return the value instead"
		pair.a[1] = 2        // want "write to pair in a function for rt.Blocking, which runs on another goroutine; return the value instead"
		buf.WriteString("x") // want "pointer to buf in a function for rt.Blocking, which runs on another goroutine; return the value instead"
		s := arr[:]          // want "pointer to arr in a function for rt.Blocking, which runs on another goroutine; return the value instead"
		for n = range 3 {    // want "write to n in a function for rt.Blocking, which runs on another goroutine; return the value instead"
		}
		func() { n = 2 }() // want "write to n in a function for rt.Blocking, which runs on another goroutine; return the value instead"
		list[0] = 1
		p.WriteString("x")
		total++
		own := 1
		own += n
		list := list
		list = nil
		_, _, _ = q, s, list
		return own, nil
	}))
	return n, err
}

// async
func ofParam[A ~[2]int](a A) (int, error) {
	_, err := rt.Await(rt.Blocking(func(context.Context) (int, error) {
		a[0] = 9   // want "write to a in a function for rt.Blocking, which runs on another goroutine; return the value instead"
		s := a[:]  // want "pointer to a in a function for rt.Blocking, which runs on another goroutine; return the value instead"
		p := &a[1] // want "pointer to a in a function for rt.Blocking, which runs on another goroutine; return the value instead"
		return s[0] + *p, nil
	}))
	return a[0], err
}

// async
func byName() (int, error) {
	n := 0
	f := func(context.Context) (int, error) {
		n = 3 // want "write to n in a function for rt.Blocking, which runs on another goroutine; return the value instead"
		return n, nil
	}
	return rt.Await(rt.Blocking(f))
}
