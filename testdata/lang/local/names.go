package local

import (
	"fmt"
	"unsafe"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// NamesPredeclared has locals called like what Go predeclares.
//
// async
func NamesPredeclared(w *harness.World) (s string, err error) {
	len, new, true, nil2, error := 3, 4, false, 5, "error"
	list := []int{1, 2}
	for i := range list {
		v, e := rt.Await(w.Get(i + len))
		list[i] += v
		add := func() { new += v; len++ }
		add()
		if e != nil {
			true = !true
		}
		nil2 += i
	}
	if e := rt.Await0(w.Do(error)); e != nil {
		error += "!"
	}
	{
		type string struct{ n int }
		const iota, append = 7, "x"
		x := string{iota}
		if e := rt.Await0(w.Do(append)); e != nil {
			x.n++
		}
		err = rt.Await0(rt.Shield0(func() failure {
			x.n *= iota
			return rt.Await0(w.Do(append))
		}))
		w.Trace("x", x, append)
	}
	return fmt.Sprint(len, new, true, nil2, list, error), err
}

type failure = error

// NamesOurs has types and constants called like what is generated.
//
// async
func NamesOurs(w *harness.World) (s string, err error) {
	type co struct{ fb int }
	type NamesOursCoro struct{ Frame co }
	type namesOursCoro []NamesOursCoro
	type rt2 int
	const state, done, parent, call1, await1 = 1, "done", 3, 4, 5
	x, y := co{state}, namesOursCoro{{co{parent}}}
	z := rt2(call1)
	if e := rt.Await0(w.Do(done)); e != nil {
		x.fb, y, z = await1, append(y, y...), -z
	}
	p, err := rt.Await(rt.Shield(func() (*co, error) {
		x.fb += parent
		err := rt.Await0(w.Do(done))
		return &x, err
	}))
	return fmt.Sprint(x, y, z, p.fb), err
}

// NamesHidden has types that hide imports, and variables that hide types.
//
// async
func NamesHidden(w *harness.World) (s string, err error) {
	{
		type harness struct{ n int }
		h := harness{1}
		if e := rt.Await0(w.Do("h")); e != nil {
			h.n = 2
		}
		s += fmt.Sprint(h)
	}
	type item struct{ n int }
	a := item{1}
	{
		item := &a
		if e := rt.Await0(w.Do("item")); e != nil {
			item.n++
		}
		item.n *= 2
		b := &item.n
		if e := rt.Await0(w.Do("item")); e != nil {
			*b++
		} else if item != nil {
			s += "b"
		}
	}
	c := item{3}
	err = rt.Await0(w.Do("c"))
	return s + fmt.Sprint(a, c), err
}

// NamesParameter has a parameter of the name of a local type of a block.
//
// async
func NamesParameter(w *harness.World) (s string, err error) {
	return rt.Await(parameter(w, 1))
}

// async
func parameter(w *harness.World, item int) (s string, err error) {
	{
		type item struct{ n int }
		x := item{2}
		if e := rt.Await0(w.Do("x")); e != nil {
			x.n = 3
		}
		s = fmt.Sprint(x)
	}
	return fmt.Sprint(s, item), err
}

// NamesLabels has labels called like ours, and like types.
//
// async
func NamesLabels(w *harness.World) (s string, err error) {
	type await1 int
	n := await1(0)
await1:
	for i := range 2 {
	end1:
		for j := range 3 {
			if j == 1 {
				if rt.Await0(w.Do("x")) != nil {
					continue await1
				}
				break end1
			}
			n += await1(i + j)
			s += fmt.Sprint(n)
			if rt.Await0(w.Do("y")) != nil {
				goto next1
			}
		}
	}
next1:
	return s, rt.Await0(w.Do("z"))
}

// NamesMethods has types with fields called like a coroutine's methods.
//
// async
func NamesMethods(w *harness.World) (s string, err error) {
	type Frame struct{ Start, Result, Resume int }
	type rtFrame struct {
		Frame
		Init, Suspend, Enter string
	}
	Start, Where, Base := rtFrame{Frame: Frame{1, 2, 3}}, 4, Frame{}
	Start.Init = "i"
	if e := rt.Await0(w.Do("x")); e != nil {
		Start.Result, Where, Base.Start = 5, 6, 7
	}
	return fmt.Sprintf("%+v %v %v", Start, Where, Base), err
}

// NamesConstants has constants and sizes that depend on each other and on
// variables.
//
// async
func NamesConstants(w *harness.World) (s string, err error) {
	grid := [3][4]int{}
	cell := struct{ row [5]byte }{}
	unused := [6]int{}
	const rows, cols, more = len(grid), len(grid[0]), len(unused)
	const wide = cols * 2
	const word = unsafe.Sizeof(rows)
	type small int
	const (
		none small = iota
		one
		two
	)
	type board struct {
		cells [rows][wide]byte
		more  [int(two) + len(cell.row)]small
		size  [word / 4]bool
		all   [len(unused) + cap(grid[1])]struct{}
	}
	b := board{}
	b.more[one] = two
	{
		const rows = rows + 1
		type board [rows]int
		c := board{rows}
		if e := rt.Await0(w.Do("c")); e != nil {
			c[1] = more
		}
		s += fmt.Sprint(c)
	}
	if e := rt.Await0(w.Do("b")); e != nil {
		b.cells[2][1] = 7
	}
	grid[1][1] = len(b.all)
	return fmt.Sprint(s, b.cells, b.more, len(b.size), none, grid, cell), err
}
