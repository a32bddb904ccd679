package vars

import (
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
