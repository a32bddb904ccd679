package vars

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// async
func work(w *harness.World, n int) (int, error) { return rt.Await(w.Get(n)) }

// async
func recur(w *harness.World, n int) (int, error) {
	if n == 0 {
		return 1, rt.Await0(w.Do("bottom"))
	}
	recurCoro := n
	v, err := rt.Await(recur(w, recurCoro-1))
	return v*2 + recurCoro, err
}

// LocalCommaOk takes two values of receives, maps and assertions, of which
// some live across awaits and some are shared.
//
// async
func LocalCommaOk(w *harness.World) (string, error) {
	ch := make(chan int, 2)
	ch <- 5
	m := map[string]int{"a": 1}
	var i any = 7
	a, ok := <-ch
	b, has := m["b"]
	c, is := i.(int)
	f := func() int { c++; has = !has; return c }
	if err := rt.Await0(w.Do("x")); err != nil {
		a, ok = m["a"]
		_, has = i.(string)
	}
	f()
	w.Trace("ok", a, ok, b, has, c, is)
	if d, ok := m["a"]; ok {
		e, err := rt.Await(w.Get(d))
		_, ok = i.(fmt.Stringer)
		w.Trace("inner", e, ok, harness.Show(err))
	}
	var no flag
	_, no = m["zz"]
	if err := rt.Await0(w.Do("y")); err != nil {
		_, no = m["a"]
	}
	last := f()
	return fmt.Sprint(a, ok, no, has, last), nil
}

type flag bool

// LocalUnused has variables that are used only by being assigned, parts of
// which are never read, and discarded results.
//
// async
func LocalUnused(w *harness.World) (string, error) {
	var last error
	for i := range 3 {
		_, last = rt.Await(w.Get(i))
		_ = last
	}
	n, _ := rt.Await(w.Get(4))
	_ = n
	var s struct{ a, b int }
	s.a, last = rt.Await(w.Get(5))
	p := new(int)
	*p, _ = rt.Await(w.Get(6))
	_, err := rt.Await(w.Get(7))
	_ = func() { _ = err }
	x, y := 1, 2
	_, _ = x, y
	if err := rt.Await0(w.Do("x")); err != nil {
		x, y = y, x
	}
	return "", last
}

// LocalSwaps permutes variables, elements and fields in one assignment.
//
// async
func LocalSwaps(w *harness.World) (string, error) {
	a, b, c := 1, 2, 3
	list := []int{0, 1, 2, 3}
	i := 0
	get := func() []int { return []int{a, b, c, i} }
	for k := range 4 {
		a, b, c = c, a+k, b
		i, list[i] = list[i]+1, i*10
		list[k%4], list[(k+1)%4] = list[(k+1)%4], list[k%4]
		i %= 4
		if err := rt.Await0(w.Do("x")); err != nil {
			a, b = b, a
		}
		w.Trace("state", get(), list)
	}
	return fmt.Sprint(get(), list), nil
}

// NamesForms has variables called like the async forms and coroutines that
// the generated code names.
//
// async
func NamesForms(w *harness.World) (int, error) {
	workAsync, recurCoro, recurAsync := 1, 2, 3
	t := rt.Spawn(func() (int, error) { return rt.Await(work(w, workAsync)) })
	n, err := rt.Await(recur(w, recurCoro))
	if err != nil {
		return n, err
	}
	add := func() { workAsync++; recurAsync += workAsync; recurCoro *= 2 }
	add()
	{
		work, recur, GetAsync := 4, 5, 6
		v, err := rt.Await(w.Get(work + recur))
		w.Trace("inner", work, recur, GetAsync, v, err != nil)
	}
	u := rt.Spawn(func() (int, error) { return rt.Await(recur(w, recurAsync)) })
	v, err := rt.Await(t.Wait())
	if err != nil {
		return v, err
	}
	x, err := rt.Await(u.Wait())
	return v + n + x + recurCoro, err
}
