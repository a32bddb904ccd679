package vars

import (
	"fmt"
	"strings"
	"sync"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// SharedPointers takes addresses of variables, fields and elements that live
// across awaits.
//
// async
func SharedPointers(w *harness.World) (string, error) {
	n := 1
	p := &n
	var s struct {
		a  int
		in struct{ b [3]int }
	}
	q, r := &s.in.b[1], &s.a
	arr := [4]int{1, 2, 3, 4}
	sl := arr[1:3]
	if err := rt.Await0(w.Do("x")); err != nil {
		*p = 50
	}
	*p++
	*q, *r = 7, 8
	sl[0] = 9
	n *= 2
	w.Trace("shared", n, *p, s, arr, sl)
	copied := s
	if err := rt.Await0(w.Do("y")); err != nil {
		s.a = -1
	}
	*r += 100
	arr[2] = 77
	w.Trace("shared", n, *p, s, arr, sl, copied)
	pp := &p
	if err := rt.Await0(w.Do("z")); err != nil {
		**pp = 3
	}
	**pp += 1000
	return fmt.Sprint(n, *p), nil
}

type counter struct{ n int }

func (c *counter) inc() int { c.n++; return c.n }
func (c counter) get() int  { return c.n }

// SharedMethods calls and binds methods with pointer receivers of variables.
//
// async
func SharedMethods(w *harness.World) (string, error) {
	var c counter
	inc, get := c.inc, c.get
	var b strings.Builder
	var mu sync.Mutex
	var both struct {
		counter
		other *counter
	}
	both.other = &c
	binc := both.inc
	for i := range 3 {
		mu.Lock()
		fmt.Fprint(&b, i, inc(), c.get(), get(), ";")
		mu.Unlock()
		if err := rt.Await0(w.Do("x")); err != nil {
			b.WriteString("!")
		}
		both.inc()
		both.other.inc()
		binc()
	}
	w.Trace("c", c.n, both.n, b.String())
	return b.String(), nil
}

// SharedClosures has closures that write variables across awaits, nested ones too.
//
// async
func SharedClosures(w *harness.World) (string, error) {
	total, calls := 0, 0
	outer := func(k int) func() int {
		calls++
		local := k
		return func() int { local++; total += local; return local }
	}
	f, g := outer(1), outer(10)
	f()
	if err := rt.Await0(w.Do("x")); err != nil {
		total = 1000
	}
	g()
	f()
	total++
	w.Trace("total", total, calls)
	h := func() { total *= 2; calls-- }
	h()
	if err := rt.Await0(w.Do("y")); err != nil {
		h()
	}
	h()
	func() {
		defer func() { total++ }()
		total *= 3
	}()
	w.Trace("total", total, calls)
	return "", nil
}

// SharedParameters has parameters that closures and pointers share, in a
// coroutine that is used again.
//
// async
func SharedParameters(w *harness.World) (string, error) {
	var fs []func() int
	var ps []*int
	for i := range 3 {
		f, p, err := rt.Await2(share(w, i, i*10))
		if err != nil {
			w.Err("share", err)
			continue
		}
		fs, ps = append(fs, f), append(ps, p)
	}
	for i, f := range fs {
		*ps[i]++
		w.Trace("f", f(), f(), *ps[i])
	}
	return "", nil
}

// async
func share(w *harness.World, a, b int) (func() int, *int, error) {
	f := func() int { a++; return a + b }
	if err := rt.Await0(w.Do("share")); err != nil {
		return f, &b, err
	}
	a += 100
	return f, &b, nil
}

// SharedDeferred has variables that deferred literals read and write.
//
// async
func SharedDeferred(w *harness.World) (r string, err error) {
	a := []string{"a"}
	n := 1
	defer func() { w.Trace("first", a, n, r); r += "!"; n++ }()
	defer func() {
		f := func() { a = append(a, "deferred"); n *= 10 }
		f()
	}()
	for i := range 3 {
		k := i
		defer func() { k++; w.Trace("loop", i, k, n); n += k }()
		if err = rt.Await0(w.Do("x")); err != nil {
			a = append(a, "failed")
			continue
		}
		k += 5
	}
	a = append(a, "end")
	n++
	return "r", err
}

// SharedBranches declares what is captured in branches.
//
// async
func SharedBranches(w *harness.World) (string, error) {
	var f func() int
	for i := 0; i < 3; i++ {
		if i%2 == 0 {
			v := i * 10
			if err := rt.Await0(w.Do("even")); err != nil {
				v++
			}
			f = func() int { v++; return v }
		} else {
			v := "odd"
			if err := rt.Await0(w.Do(v)); err != nil {
				v += "!"
			}
			g := f
			f = func() int { return g() + len(v) }
		}
		w.Trace("f", f(), f())
	}
	var prev *int
	for i := range 4 {
		var v int
		if prev != nil {
			v = *prev + 1
		}
		if err := rt.Await0(w.Do("p")); err != nil {
			v += 10
		}
		prev = &v
		w.Trace("v", i, v)
	}
	return "", nil
}

// SharedArrays copies arrays by value, also when they live across awaits.
//
// async
func SharedArrays(w *harness.World) (string, error) {
	a := [3]int{1, 2, 3}
	b := a
	f := func() { a[0]++ }
	m := map[[3]int]string{a: "a"}
	for i := range len(a) {
		a[i] *= 10
		f()
		if err := rt.Await0(w.Do("x")); err != nil {
			b[i]--
		}
	}
	a, b = b, a
	w.Trace("arrays", a, b, m, a == b)
	return m[a], nil
}

// SharedGoroutines is read by a goroutine that another one waits for.
//
// async
func SharedGoroutines(w *harness.World) (int, error) {
	n, sum := 3, 0
	ch := make(chan int)
	go func() { defer close(ch); ch <- n * 2 }()
	sum += <-ch
	<-ch
	if err := rt.Await0(w.Do("x")); err != nil {
		sum = -sum
	}
	n++
	var wg sync.WaitGroup
	wg.Go(func() { n += sum })
	wg.Wait()
	return n, nil
}
