package flow

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type stepper int

func (s *stepper) skip(n int) { *s += stepper(n) }
func (s stepper) twice() int  { return int(s) * 2 }

// PositionsWritten writes to the key of a range loop in every way: the loop
// goes on from where it was.
//
// async
func PositionsWritten(w *harness.World) (s string, err error) {
	for i := range 3 {
		p := &i
		rt.Await0(w.Do("pointer"))
		*p += 10
		s += fmt.Sprint(i, " ")
	}
	for i := range stepper(3) {
		i.skip(val(rt.Await(w.Get(2))))
		s += fmt.Sprint(i, i.twice(), " ")
	}
	for i := range []int{5, 6} {
		for i = range 4 {
			if rt.Await0(w.Do("inner")) != nil {
				break
			}
		}
		s += fmt.Sprint(i, " ")
	}
	for i := range [2]string{} {
		for _, i = range []int{7, 8} {
			rt.Await0(w.Do("value"))
		}
		s += fmt.Sprint(i, " ")
	}
	for i, c := range "aé" {
		i, c = i+5, c+1
		s += fmt.Sprint(i, c, rt.Await0(w.Do("both")) == nil, " ")
	}
	for i := range 2 {
		rt.Await0(w.Do("op"))
		i <<= 3
		(i)++
		s += fmt.Sprint(i, " ")
	}
	for i := range 2 {
		func() { i += 7 }()
		rt.Await0(w.Do("literal"))
		s += fmt.Sprint(i, " ")
	}
	ch := make(chan int, 2)
	ch <- 40
	for i := range 2 {
		select {
		case i = <-ch:
			rt.Await0(w.Do("received"))
		default:
		}
		s += fmt.Sprint(i, " ")
	}
	return s, nil
}

// PositionsRead only reads the keys, which are the positions themselves.
//
// async
func PositionsRead(w *harness.World) (s string, err error) {
	list := []int{4, 5, 6}
	for i := range list {
		list[i] += val(rt.Await(w.Get(i)))
		list = append(list, i)
	}
	for i := range stepper(2) {
		s += fmt.Sprint(i.twice(), rt.Await0(w.Do("read")) == nil)
	}
	for i, v := range list {
		if i == 1 {
			list = nil
			continue
		}
		s += fmt.Sprint(i, v, rt.Await0(w.Do("list")) == nil)
		if i == 3 {
			break
		}
	}
	return fmt.Sprint(s, list), nil
}

// PositionsTyped counts in the type of the key that is assigned, or of the
// number.
//
// async
func PositionsTyped(w *harness.World) (s string, err error) {
	var small int8
	for small = range 3 {
		s += fmt.Sprintf("%T%v%v ", small, small, rt.Await0(w.Do("small")) == nil)
	}
	var list [1]uint16
	for list[0] = range 2 {
		s += fmt.Sprint(list, val(rt.Await(w.Get(1))), " ")
	}
	arrays := make(chan [2]int, 3)
	for i := range 3 {
		arrays <- [2]int{i, i}
	}
	for i := range <-arrays {
		s += fmt.Sprint(i, len(arrays), rt.Await0(w.Do("received")) == nil, " ")
	}
	for i, v := range <-arrays {
		s += fmt.Sprint(i, v, len(arrays), rt.Await0(w.Do("both")) == nil, " ")
	}
	got, err := rt.Await(positionsGeneric(w, [2]string{"a", "b"}, new([2]string)))
	return s + got, err
}

// async
func positionsGeneric[A [2]string, P *[2]string](w *harness.World, a A, p P) (s string, err error) {
	for i := range a {
		a = A{}
		s += fmt.Sprint(i, val(rt.Await(w.Get(i))), " ")
	}
	for i, v := range a {
		a = A{"x", "y"}
		s += fmt.Sprint(i, v, val(rt.Await(w.Get(i))), " ")
	}
	for i := range p {
		p = nil
		s += fmt.Sprint(i, val(rt.Await(w.Get(i))), " ")
	}
	return s, nil
}

// PositionsShared ranges over arrays and slices that closures change while the
// loop runs, in the body and between its awaits.
//
// async
func PositionsShared(w *harness.World) (s string, err error) {
	a, list := [3]int{1, 2, 3}, []int{4, 5}
	change := func(i int) { a[2-i%3] *= 10; list = append(list[:1:1], i) }
	for i, v := range a {
		change(i)
		s += fmt.Sprint(i, v, rt.Await0(w.Do("copy")) == nil, " ")
		change(i + 1)
	}
	for i, v := range &a {
		change(i)
		s += fmt.Sprint(i, v, rt.Await0(w.Do("pointer")) == nil, " ")
	}
	for i, v := range list {
		change(i)
		s += fmt.Sprint(i, v, rt.Await0(w.Do("slice")) == nil, " ")
	}
	for i := range list {
		list = nil
		s += fmt.Sprint(i, rt.Await0(w.Do("length")) == nil, " ")
	}
	return fmt.Sprint(s, a, list), nil
}

// PositionsStepped only increments and decrements its keys.
//
// async
func PositionsStepped(w *harness.World) (s string, err error) {
	for i := range 3 {
		rt.Await0(w.Do("up"))
		i++
		s += fmt.Sprint(i)
	}
	for i := range []int{4, 5} {
		i--
		rt.Await0(w.Do("down"))
		s += fmt.Sprint(i)
	}
	return s, nil
}
