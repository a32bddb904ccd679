package flow

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// ForQueue consumes a slice that its condition measures.
//
// async
func ForQueue(w *harness.World) (sum int, err error) {
	q := []int{1, 2, 3}
	for len(q) > 0 {
		x := q[0]
		q = q[1:]
		v, err := rt.Await(w.Get(x))
		if err != nil {
			w.Trace("left", len(q))
			continue
		}
		if v == 2 {
			q = append(q, 7, 8)
		}
		sum += v
	}
	return sum, nil
}

type node struct {
	v    int
	next *node
}

// ForList walks a list.
//
// async
func ForList(w *harness.World) (sum int, err error) {
	l := &node{1, &node{2, &node{3, nil}}}
	for l != nil {
		if err := rt.Await0(w.Do("node")); err != nil {
			w.Err("node", err)
		}
		sum += l.v
		l = l.next
	}
	return sum, nil
}

// ForPost awaits in all three parts that may await.
//
// async
func ForPost(w *harness.World) (int, error) {
	sum := 0
	var err error
	for i, e := rt.Await(w.Get(1)); e == nil && i < 20; i, err = rt.Await(w.Get(i*2 + 1)) {
		if err != nil {
			return sum, err
		}
		if i == 3 {
			continue
		}
		sum += i
	}
	return sum, err
}

// ForFresh has variables that are new in each iteration, changed by closures
// and by the body, and continued past.
//
// async
func ForFresh(w *harness.World) (string, error) {
	var fs []func() int
	var ps []*int
	for i, j := 0, 10; i < 6; i, j = i+1, j-1 {
		fs = append(fs, func() int { j++; return i*100 + j })
		if i == 2 {
			i++
			continue
		}
		ps = append(ps, &i)
		if err := rt.Await0(w.Do("body")); err != nil {
			w.Err("body", err)
			if i > 3 {
				break
			}
		}
		w.Trace("called", fs[len(fs)-1]())
	}
	for k, f := range fs {
		w.Trace("f", k, f())
	}
	for k, p := range ps {
		w.Trace("p", k, *p)
	}
	return "", nil
}

// ForCondClosure captures in its condition.
//
// async
func ForCondClosure(w *harness.World) (n int, err error) {
	var last func() int
	for i := 0; func() bool { last = func() int { return i }; return i < 3 }(); i++ {
		if err := rt.Await0(w.Do("x")); err != nil {
			continue
		}
		n += last()
	}
	return n*100 + last(), nil
}

// ForVarZero declares without a value: zero in each iteration.
//
// async
func ForVarZero(w *harness.World) (string, error) {
	for i := range 3 {
		var x int
		var p *int
		var s []string
		var m struct{ a, b int }
		var arr [2]string
		w.Trace("zero", x, p == nil, len(s), m, arr)
		x, p = i+1, &i
		s = append(s, "s")
		m.b = i
		arr[1] = "y"
		if err := rt.Await0(w.Do("x")); err != nil {
			w.Err("do", err)
			continue
		}
		w.Trace("set", x, *p, s, m, arr)
	}
	return "", nil
}

// ForForever ends by return alone.
//
// async
func ForForever(w *harness.World) (int, error) {
	for n := 0; ; n++ {
		v, err := rt.Await(w.Get(n))
		if err != nil {
			return -n, err
		}
		if v > 3 {
			return v, nil
		}
	}
}

// ForNested has loops in loops with breaks and continues of each kind.
//
// async
func ForNested(w *harness.World) (string, error) {
	out := ""
outer:
	for i := 0; i < 4; i++ {
	middle:
		for j := 0; j < 4; j++ {
			for k := 0; k < 4; k++ {
				v, err := rt.Await(w.Get(i*100 + j*10 + k))
				switch {
				case err != nil:
					break outer
				case k == 1 && j == 0:
					continue middle
				case j == 1:
					break middle
				case i == 2:
					continue outer
				case k == 2:
					break
				default:
					out += "."
				}
				if v%2 == 0 {
					continue
				}
				break
			}
		}
		out += "|"
	}
	return out, nil
}

// ForLong runs long without suspending, then suspends.
//
// async
func ForLong(w *harness.World) (int, error) {
	n := 0
	for i := 0; i < 100_000; i++ {
		if i == 99_998 {
			if _, err := rt.Await(w.Get(i)); err != nil {
				return n, err
			}
		}
		n++
	}
	return n, nil
}

// ForShadow declares the loop's variable again in the body.
//
// async
func ForShadow(w *harness.World) (string, error) {
	for i := 0; i < 3; i++ {
		i := i * 10
		if _, err := rt.Await(w.Get(i)); err != nil {
			i = -1
		}
		i++
		w.Trace("i", i)
		{
			i := "inner"
			if err := rt.Await0(w.Do(i)); err != nil {
				i = "failed"
			}
			w.Trace("i", i)
		}
	}
	return "", nil
}

// ForCapturedPost has closures over its variable in body and post.
//
// async
func ForCapturedPost(w *harness.World) (string, error) {
	var fs []func() int
	for i := 0; i < 4; func() { i++ }() {
		if _, err := rt.Await(w.Get(i)); err != nil {
			w.Err("at", err)
		}
		fs = append(fs, func() int { i += 10; return i })
	}
	for _, f := range fs {
		w.Trace("f", f(), f())
	}
	return "", nil
}

// ForNoPost leaves each loop in the first iteration, so that only what is
// never reached reads some variables.
//
// async
func ForNoPost(w *harness.World) (n int, err error) {
	got, err := rt.Await(w.Get(1))
	for i := 0; i < 2; i += got {
		if n, err = rt.Await(w.Get(2)); err != nil {
			return n, err
		}
		break
	}
loop:
	for ; n < 9; _, err = rt.Await(w.Get(n)) {
		switch n {
		case 1:
			break loop
		default:
			w.Trace("default")
			break loop
		}
	}
	for j := n; n < 9; _, err = rt.Await(w.Get(j)) {
		return rt.Await(w.Get(3))
	}
	return n, rt.Await0(w.Do("end"))
}
