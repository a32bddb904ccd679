package flow

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// SelectBodies awaits in the clauses of a select, with variables of them.
//
// async
func SelectBodies(w *harness.World) (s string, err error) {
	in, out := make(chan int, 8), make(chan string, 2)
	for i := range 5 {
		in <- i
	}
	var fs []func() int
	for i := range 12 {
		if i == 7 {
			close(in)
		}
		select {
		case v, open := <-in:
			if !open {
				s += "closed "
				in = nil
				continue
			}
			fs = append(fs, func() int { v++; return v })
			if rt.Await0(w.Do("v")) != nil {
				v += 10
			}
			s += fmt.Sprint(v, " ")
		default:
			if i > 9 {
				break
			}
			s += fmt.Sprint(val(rt.Await(w.Get(i))), "d ")
		}
	}
	select {
	case out <- fmt.Sprint(w.Int("sent", 1), val(rt.Await(w.Get(2)))):
		s += <-out
		rt.Await0(w.Do("sent"))
	default:
	}
	for _, f := range fs {
		s += fmt.Sprint(f(), " ")
	}
	return s, nil
}

// SelectAssigns assigns what was received, evaluating the left side only in
// the clause that was chosen.
//
// async
func SelectAssigns(w *harness.World) (s string, err error) {
	a, b := make(chan int, 3), make(chan int, 3)
	pick := func(name string, c chan int) chan int { w.Trace(name); return c }
	var list [3]int
	var any1 any
	type flag bool
	var open flag
	b <- 1
	for i := range 4 {
	sel:
		select {
		case list[w.Int("a", 1)] = <-pick("ch a", a):
			s += "a"
		case list[val(rt.Await(w.Get(2)))%3], open = <-pick("ch b", b):
			s += fmt.Sprint("b", open)
			if rt.Await0(w.Do("b")) != nil {
				break sel
			}
			close(a)
		case any1, _ = <-pick("none", nil):
		default:
			s += "d"
			a <- i
			if rt.Await0(w.Do("d")) != nil {
				a = make(chan int, 9)
			}
		}
		if i == 1 {
			a = make(chan int, 4)
		}
	}
	return fmt.Sprint(s, list, any1, open), nil
}

// SelectOperands awaits in channels and values.
//
// async
func SelectOperands(w *harness.World) (s string, err error) {
	chans := []chan int{make(chan int, 1), make(chan int, 1), nil}
	pick := func(v int, err error) chan int { return chans[max(v, 0)] }
	for range 3 {
		select {
		case chans[w.Int("i", 0)] <- val(rt.Await(w.Get(5))):
			s += "sent "
		case v := <-pick(rt.Await(w.Get(1))):
			s += fmt.Sprint("got", v)
		case <-pick(w.Int("two", 2), rt.Await0(w.Do("two"))):
		default:
			s += "none "
		}
	}
	return fmt.Sprint(s, len(chans[0])), nil
}

// SelectOrder changes the variables of one communication in the operands of
// the next.
//
// async
func SelectOrder(w *harness.World) (s string, err error) {
	x, list := 1, []int{5, 6}
	a, b := make(chan int, 1), make(chan int, 1)
	for range 2 {
		next := func() int { x, list, a = x+1, []int{7, 8}, make(chan int); return x }
		pick := func(v int, err error) chan int { x += v; return b }
		sent := a
		select {
		case a <- (x + list[0]):
			s += fmt.Sprint("sent", <-sent, " ")
		case v := <-pick(rt.Await(w.Get(next()))):
			s += fmt.Sprint("got", v, rt.Await0(w.Do("got")) == nil, " ")
		default:
			s += "none "
			b <- x
		}
	}
	return fmt.Sprint(s, x, list), nil
}

// SelectLefts evaluates what stands left of = in order, in the clause that was
// chosen.
//
// async
func SelectLefts(w *harness.World) (s string, err error) {
	list, oks := make([]int, 2), map[string]bool{}
	ch := make(chan int, 2)
	ch <- 5
	close(ch)
	at := func(i int) int { w.Trace("at", i); return i & 1 }
	for range 3 {
		select {
		case list[at(val(rt.Await(w.Get(1))))], oks[fmt.Sprint(val(rt.Await(w.Get(2))))] = <-ch:
			s += fmt.Sprint(list, oks)
		default:
		}
		select {
		case list[at(0)], oks[w.Str("key", "k")+fmt.Sprint(val(rt.Await(w.Get(3))))] = <-ch:
			s += fmt.Sprint(list, len(oks))
			if rt.Await0(w.Do("chosen")) != nil {
				list = []int{7, 8}
			}
		default:
		}
	}
	return s, nil
}
