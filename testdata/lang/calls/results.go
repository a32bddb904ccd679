package calls

import (
	"errors"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// ResultsNamed returns named results in every way.
//
// async
func ResultsNamed(w *harness.World) (a int, b string, err error) {
	for i := range 6 {
		x, y, err := rt.Await2(named(w, i))
		w.Trace("named", x, y, err != nil)
		if x, _, err := rt.Await2(named(w, i)); err == nil {
			a += x
		}
		b += y
	}
	return
}

// async
func named(w *harness.World, how int) (a int, b string, err error) {
	a++
	b += "x"
	switch how {
	case 0:
		return
	case 1:
		a, err = rt.Await(w.Get(10))
		return
	case 2:
		return a, b, err
	case 3:
		b, a := "inner", 5
		if err := rt.Await0(w.Do("shadow")); err != nil {
			return a, b, err
		}
		return a + 1, b, nil
	case 4:
		return other(b, a)
	}
	a, b, err = 7, b+"y", errors.New("plain")
	if e := rt.Await0(w.Do("last")); e != nil {
		err = e
	}
	return a, b, err
}

func other(s string, n int) (int, string, error) { return n * 100, s + s, nil }

// ResultsSwapped returns its results in another order.
//
// async
func ResultsSwapped(w *harness.World) (a, b int, err error) {
	a, b, err = rt.Await2(w.Two(1, 2))
	if err != nil {
		return b + 5, a + 6, err
	}
	return b, a, nil
}

// ResultsBlank has a blank result and an unnamed one of its callees.
//
// async
func ResultsBlank(w *harness.World) (string, error) {
	n, s, err := rt.Await2(blank(w))
	w.Trace("blank", n, s)
	w.Err("blank", err)
	err = rt.Await0(onlyErr(w))
	w.Err("only", err)
	return s, rt.Await0(unnamed(w, 1, 2))
}

// async
func blank(w *harness.World) (_ int, s string, _ error) {
	s, err := rt.Await(w.Text("s"))
	if err != nil {
		return
	}
	return 3, s, nil
}

// async
func onlyErr(w *harness.World) (err error) {
	defer func() { err = errors.Join(err, errors.New("joined")) }()
	if err := rt.Await0(w.Do("shadowed")); err != nil {
		return err
	}
	return
}

// async
func unnamed(w *harness.World, _ int, _ int) error {
	_, err := rt.Await(w.Get(1))
	return err
}

// ResultsClosed has closures over its results that outlive the call's end.
//
// async
func ResultsClosed(w *harness.World) (string, error) {
	var fs []func() int
	for i := range 2 {
		n, f, err := rt.Await2(closed(w, i))
		w.Trace("closed", n)
		if err != nil {
			w.Err("closed", err)
		}
		fs = append(fs, f)
	}
	for _, f := range fs {
		w.Trace("f", f(), f())
	}
	return "", nil
}

// async
func closed(w *harness.World, start int) (n int, f func() int, err error) {
	n += start
	f = func() int { n++; start += 10; return n + start }
	f()
	if err = rt.Await0(w.Do("closed")); err != nil {
		return
	}
	f()
	return n, f, nil
}

// ResultsConverted returns constants, nil and concrete types as interfaces.
//
// async
func ResultsConverted(w *harness.World) (any, error) {
	x, y, z, err := rt.Await3(converted(w))
	w.Trace("converted", x, y == nil, z)
	if err != nil {
		w.Err("converted", err)
	}
	var typed error
	_, err = rt.Await(typedNil(w))
	typed = err
	w.Trace("nil", typed == nil)
	return x, nil
}

type problem struct{}

func (*problem) Error() string { return "problem" }

// async
func typedNil(w *harness.World) (int64, error) {
	var p *problem
	if err := rt.Await0(w.Do("typed")); err != nil {
		return 1 << 40, err
	}
	return 2, p
}

// async
func converted(w *harness.World) (float64, any, any, error) {
	if err := rt.Await0(w.Do("converted")); err != nil {
		return 1, nil, 'x', err
	}
	return 1 << 3, (*int)(nil), 2.0, nil
}

// ResultsLarge passes structs and arrays by value.
//
// async
func ResultsLarge(w *harness.World) (string, error) {
	b := big{name: "b"}
	b.data[3] = 3
	c, err := rt.Await(grown(w, b, b.data))
	w.Trace("b", b.data[3], b.name, c.data[3], c.name)
	return c.name, err
}

type big struct {
	data [200]int
	name string
}

// async
func grown(w *harness.World, b big, data [200]int) (big, error) {
	b.data[3]++
	data[3] += 5
	if err := rt.Await0(w.Do("large")); err != nil {
		return big{}, err
	}
	b.data[3] += data[3]
	b.name += "!"
	return b, nil
}
