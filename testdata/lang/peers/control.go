// Package peers has a program for each row and trap in which other coroutine
// compilers for Go were found to be wrong, to refuse, or to emit code that
// does not compile. Its files follow the constructs.
package peers

import (
	"fmt"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// num is an operation's value, -1 if it failed.
func num(v int, err error) int {
	if err != nil {
		return -1
	}
	return v
}

// fine reports, and traces, whether an operation succeeded.
func fine(w *harness.World, err error) bool {
	w.Err("fine", err)
	return err == nil
}

// IfChanges has an if whose condition's variables change in the body: it is
// not tested again when the body resumes.
//
// async
func IfChanges(w *harness.World) (s string, err error) {
	x, list := 1, []int{1}
	if x == 1 && len(list) == 1 {
		x, list = 2, nil
		if err := rt.Await0(w.Do("a")); err != nil {
			x = 1
		}
		x++
		s += fmt.Sprint("body", x, list)
		rt.Await0(w.Do("b"))
		s += fmt.Sprint("end", x)
	} else if x == 2 {
		s += "else"
		rt.Await0(w.Do("c"))
	}
	if x > 2 {
		x = 0
		list = append(list, num(rt.Await(w.Get(3))))
		if x == 0 {
			x = 5
			list = append(list, num(rt.Await(w.Get(4))))
		} else {
			list = nil
		}
	}
	return fmt.Sprint(s, x, list), nil
}

type lazy struct {
	value *int
	loads int
}

// async
func (l *lazy) get(w *harness.World) (int, error) {
	if l.value == nil {
		l.loads++
		v, err := rt.Await(w.Get(l.loads * 10))
		if err != nil {
			return -l.loads, err
		}
		l.value = &v
	}
	return *l.value, nil
}

// IfLazy initialises something when it is first asked for.
//
// async
func IfLazy(w *harness.World) (string, error) {
	l := new(lazy)
	sum := 0
	for range 3 {
		v, err := rt.Await(l.get(w))
		if err != nil {
			w.Err("lazy", err)
			continue
		}
		*l.value++
		sum += v
	}
	return fmt.Sprint(l.loads, sum), nil
}

// ForQueue has a loop over a queue that the body consumes and extends.
//
// async
func ForQueue(w *harness.World) (s string, err error) {
	q := []int{3, 1, 2}
	for len(q) > 0 {
		x := q[0]
		q = q[1:]
		if err := rt.Await0(w.Do(fmt.Sprint("x", x))); err != nil {
			if len(s) < 20 {
				q = append(q, x)
				s += "!"
			}
			continue
		}
		if x > 1 {
			q = append(q, x-1)
		}
		s += fmt.Sprint(x)
	}
	return s, nil
}

type node struct {
	v    int
	next *node
}

// ForList has a loop over a linked list, which the body takes apart.
//
// async
func ForList(w *harness.World) (s string, err error) {
	var l, back *node
	for i := range 4 {
		l = &node{i, l}
	}
	for l != nil {
		next := l.next
		v, err := rt.Await(w.Get(l.v))
		if err != nil {
			l = next
			continue
		}
		s += fmt.Sprint(v)
		l.next, back = back, l
		l = next
	}
	for n := back; n != nil; n = n.next {
		n.v *= 2
		if n.next != nil && !fine(w, rt.Await0(w.Do("drop"))) {
			n.next = n.next.next
		}
		s += fmt.Sprint(" ", n.v)
	}
	return s, nil
}

// ForLongRun has many iterations without a suspension between two with one:
// they take no stack.
//
// async
func ForLongRun(w *harness.World) (n int, err error) {
	for i := 0; i < 300000; i++ {
		if i%100000 == 7 {
			if _, err := rt.Await(w.Get(i)); err != nil {
				n += i
				continue
			}
		}
		n++
	}
	return n, nil
}

// ForPost suspends in the post statement.
//
// async
func ForPost(w *harness.World) (s string, err error) {
	n := 0
	for i, j := 0, 10; i < j && n < 6; i, j = i+num(rt.Await(w.Get(2))), j-num(rt.Await(w.Get(1))) {
		if n++; n == 2 {
			continue
		}
		s += fmt.Sprint(i, ",", j, " ")
	}
	var p *node
	for p = (&node{1, &node{2, &node{3, nil}}}); p != nil; p, err = p.next, rt.Await0(w.Do("next")) {
		s += fmt.Sprint(p.v, err == nil)
	}
	return s, nil
}

// VarZero has declarations in loops that are zero again.
//
// async
func VarZero(w *harness.World) (s string, err error) {
	for i := range 3 {
		var n int
		var list []string
		var p struct{ a, b *int }
		var a, b string
		for range 2 {
			n++
			list = append(list, fmt.Sprint(i))
			p.b = &n
			if err := rt.Await0(w.Do("in")); err != nil {
				a += "a"
			}
			b += "b"
		}
		s += fmt.Sprint(n, list, p.a == nil, *p.b, a, b, "; ")
	}
	return s, nil
}

// CaseLists has cases with several expressions.
//
// async
func CaseLists(w *harness.World) (s string, err error) {
	for i := range 6 {
		switch i {
		case w.Int("a", 1), w.Int("b", 3):
			s += fmt.Sprint("odd", num(rt.Await(w.Get(i))))
		case 0, 2:
			if rt.Await0(w.Do("even")) != nil {
				break
			}
			s += "even"
		case 4, w.Int("c", 5), w.Int("d", 6):
			s += fmt.Sprint("large", num(rt.Await(w.Get(i))))
		}
		switch c := "abc"[i%3]; {
		case c == 'a', i == 4, fine(w, rt.Await0(w.Do("third"))):
			s += "."
		}
	}
	return s, nil
}

// Jumps has fallthrough, goto, and a labelled range, with awaits between.
//
// async
func Jumps(w *harness.World) (s string, err error) {
	tries := 0
again:
	tries++
rows: // each of them twice
	for i, row := range []string{"ab", "cd", "ef"} {
		// The characters of a row.
		for j, c := range row {
			switch {
			case c == 'b':
				s += "B"
				fallthrough
			case c == 'c':
				if rt.Await0(w.Do(string(c))) != nil && tries < 3 {
					goto again
				}
				if i == 1 {
					continue rows
				}
				fallthrough
			case c == 'z':
				s += "z"
			case c == 'e':
				if err := rt.Await0(w.Do("e")); err != nil {
					break rows
				}
			default:
				s += strings.ToUpper(string(c)) + fmt.Sprint(j)
			}
		}
		if fine(w, rt.Await0(w.Do("row"))) && i == 2 {
			goto done
		}
	}
	s += "broken"
done:
	return fmt.Sprint(s, tries), nil
}
