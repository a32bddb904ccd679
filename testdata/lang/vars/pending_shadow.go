//go:build pending

package vars

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// ShadowPackage has locals with the name of a package-level variable, which
// is used beside them.
//
// async
func ShadowPackage(w *harness.World) (string, error) {
	var fs []func() int
	{
		x := 1
		if _, err := rt.Await(w.Get(x)); err != nil {
			w.Err("get", err)
		}
		fs = append(fs, func() int { x++; return x })
		w.Trace("inner", x)
	}
	w.Trace("package", x)
	x++
	{
		x := x + 1
		err := rt.Await0(w.Do("x"))
		w.Trace("x", x, err == nil)
	}
	if err := rt.Await0(w.Do("after")); err != nil {
		x--
	}
	w.Trace("package", x, fs[0](), fs[0]())
	x = 100
	return "", nil
}

// ShadowNumbered has variables whose names are those that a second x gets.
//
// async
func ShadowNumbered(w *harness.World) (string, error) {
	y := 1
	add := func() { y2 := 5; y += y2 }
	{
		y := 10
		inner := func(y2 int) int { y3 := y2; y += y2 + y3; return y }
		if err := rt.Await0(w.Do("y")); err != nil {
			y++
		}
		f := func() int { y2, y3 := 7, 8; y += y2 * y3; return y }
		w.Trace("inner", inner(2), f(), y)
	}
	if err := rt.Await0(w.Do("y")); err != nil {
		y++
	}
	add()
	y2 := y * 2
	if err := rt.Await0(w.Do("y")); err != nil {
		y2++
	}
	g := func() int { y2 := 1; y += y2; return y }
	w.Trace("y", g(), y, y2)
	return "", nil
}

var x = 100
