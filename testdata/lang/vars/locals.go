package vars

import (
	"fmt"
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// LocalConstants has constants in several scopes.
//
// async
func LocalConstants(w *harness.World) (int, error) {
	const a = 1
	const (
		b = iota + a
		c
		d = "d"
	)
	sum := a + b + c
	{
		const a = a + 10
		const b, big = a * 2, 1 << 40
		type c int
		v := c(b)
		sum += int(v) + a
		if err := rt.Await0(w.Do(d)); err != nil {
			const a = 1000
			sum += a
		}
		w.Trace("big", big)
	}
	for i := range c {
		const i2, d = 3, 4
		if err := rt.Await0(w.Do("x")); err != nil {
			sum += d
		}
		sum += i * i2
	}
	w.Trace("d", d)
	return sum, nil
}

// LocalConstantOf has a constant that depends on a variable's type.
//
// async
func LocalConstantOf(w *harness.World) (int, error) {
	arr := [5]int{}
	const n = len(arr)
	if err := rt.Await0(w.Do("x")); err != nil {
		return n, err
	}
	arr[2] = 4
	return n + arr[2], nil
}

// LocalGroupCaptured has groups of variables in which literals capture those
// before them.
//
// async
func LocalGroupCaptured(w *harness.World) (int, error) {
	var (
		n    = w.Int("n", 1)
		more = func() int { n++; return n }
		p    = &n
		sum  = func(k int) int { return more() + *p*k }
		m    = sum(w.Int("m", 2))
		add  func(k int)
	)
	add = func(k int) { n, m = n+k, m*2 }
	if err := rt.Await0(w.Do("x")); err != nil {
		add(100)
	}
	for i := range 2 {
		var (
			at  = i * 10
			get = func() int { at++; return at }
			got = get() + get()
		)
		if err := rt.Await0(w.Do("y")); err != nil {
			add(at)
		}
		w.Trace("got", got, get(), at)
	}
	add(1)
	return sum(3) + m, nil
}

// LocalDead has variables that die and are declared again.
//
// async
func LocalDead(w *harness.World) (string, error) {
	s := []string{"a"}
	n := len(s)
	if err := rt.Await0(w.Do("x")); err != nil {
		n = 7
	}
	s = []string{"b", "c"}
	t := s
	for i := range 3 {
		var u []string
		if i == 1 {
			u = append(u, t...)
		}
		if err := rt.Await0(w.Do("y")); err != nil {
			t = nil
		}
		w.Trace("u", u, len(t), n)
	}
	return "", nil
}

// LocalDeclarations has declarations of every form.
//
// async
func LocalDeclarations(w *harness.World) (string, error) {
	var (
		a, b   = 1, "b"
		c      float64
		d, e   []int
		_          = w.Int("blank", 1)
		f, _       = w.Int("f", 2), w.Int("g", 3)
		h, err     = rt.Await(w.Get(4))
		i      any = h
		j      error
		k      interface{ Error() string } = err
	)
	var l int64 = 1 << 40
	var m, n uint8 = 255, 1
	m += n
	if err := rt.Await0(w.Do("x")); err != nil {
		d = append(d, 1)
		j = err
	}
	var z struct {
		a int // first
		b string
	}
	z.a++
	e = append(e, len(d))
	c++
	w.Trace("all", a, b, c, d, e, f, i, j == nil, k == nil, l, m, z)
	if err := rt.Await0(w.Do("y")); err != nil {
		return b, err
	}
	w.Trace("all", a, b, c, d, e, f, i, j == nil, k == nil, l, m, z)
	return b, nil
}

// LocalConversions has declarations whose types differ from their values'.
//
// async
func LocalConversions(w *harness.World) (string, error) {
	var a any = 1
	f := func() any { return a }
	var b float32 = 3
	pb := &b
	c := 'x'
	pc := &c
	d := 1.0
	fd := func() { d /= 2 }
	e, g := 1<<3, "s"[0]
	fe := func() { e <<= 1; g++ }
	if err := rt.Await0(w.Do("x")); err != nil {
		a = "changed"
	}
	fd()
	fe()
	b /= 2
	w.Trace("conv", f(), *pb, string(*pc), d, e, g, fmt.Sprintf("%T %T %T %T", c, d, e, g))
	quo, div := 7, 2
	pd := &div
	if err := rt.Await0(w.Do("y")); err != nil {
		quo++
	}
	quo = quo / div
	w.Trace("quo", quo, *pd, quo/div+quo/div*div, -div, quo-div, quo*div, div&^quo)
	return "", nil
}

// LocalTypes has types of its own, used in one piece.
//
// async
func LocalTypes(w *harness.World) (string, error) {
	type point struct{ x, y int }
	type points []point
	ps := fmt.Sprint(points{{1, 2}, {3, 4}})
	if err := rt.Await0(w.Do("x")); err != nil {
		type point string
		ps += string(point("inner"))
	}
	p := point{5, 6}
	w.Trace("p", p.x, fmt.Sprintf("%T", p))
	return ps, nil
}

func val(v int, err error) int {
	if err != nil {
		return -1
	}
	return v
}

// LocalLines has lines of one var that use those before them in awaits.
//
// async
func LocalLines(w *harness.World) (string, error) {
	var (
		a, b = w.Int("a", 1), [2]int{2, 3}
		c    = val(rt.Await(w.Get(a + b[1]))) // with a
		p    *int
		_    = val(rt.Await(w.Get(c)))
		q, r = &b[0], func() int { a++; return a + c } // captures a

		d, e = rt.Await(w.Get(r() + *q))
	)
	if p == nil {
		p = &d
	}
	*q = r()
	return fmt.Sprint(a, b, c, *p, d), e
}
