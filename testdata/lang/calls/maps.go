package calls

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// LateBuiltins has builtins left of an await that changes their operands: they
// are calls as others.
//
// async
func LateBuiltins(w *harness.World) (string, error) {
	s := &state{list: make([]int, 1, 1), text: "a", m: map[int]int{}}
	c := complex(1, 2)
	real2 := func(a float64, b int) string { c += 10 + 10i; return fmt.Sprint(a, b) }
	ints := func(a, b int) string { return fmt.Sprint(a, " ", b) }
	w.Trace("len", ints(len(s.list), one(rt.Await(s.change(w)))))
	w.Trace("cap", ints(cap(s.list), one(rt.Await(s.change(w)))))
	w.Trace("string", ints(1+len(s.text), one(rt.Await(s.change(w)))))
	w.Trace("map", ints(len(s.m), one(rt.Await(s.change(w)))))
	w.Trace("runes", ints(len([]rune(s.text)), one(rt.Await(s.change(w)))))
	w.Trace("any", len(s.list), one(rt.Await(s.change(w))))
	w.Trace("real", real2(real(c), one(rt.Await(s.change(w)))), real2(imag(c), one(rt.Await(s.change(w)))))
	w.Trace("complex", fmt.Sprint(complex(real(c), imag(c))), one(rt.Await(s.change(w))))
	return fmt.Sprint(len(s.list), c), nil
}

// MapsLeft builds maps left of an await that changes what is in them.
//
// async
func MapsLeft(w *harness.World) (string, error) {
	s := &state{n: 1, text: "a"}
	show := func(m map[string]int, b int) string { return fmt.Sprint(m, " ", b) }
	shows := func(m []map[string]int, p []*map[string]int, b int) string { return fmt.Sprint(m, *p[0], " ", b) }
	w.Trace("dynamic", show(map[string]int{s.text: s.n, "b": 2}, one(rt.Await(s.change(w)))))
	w.Trace("static", show(map[string]int{"a": 1, "b": 2}, one(rt.Await(s.change(w)))))
	w.Trace("elided", shows([]map[string]int{{"n": s.n}}, []*map[string]int{{"n": s.n}}, one(rt.Await(s.change(w)))))
	w.Trace("any", map[string]int{"n": s.n}, one(rt.Await(s.change(w))))
	return s.text, nil
}

// MapsWithin awaits in keys and values of maps: each entry is stored before the
// next one is evaluated.
//
// async
func MapsWithin(w *harness.World) (string, error) {
	type pair struct{ a, b int }
	s := &state{n: 1, text: "a"}
	m := map[string]int{
		s.text: s.n, // before the change
		"c":    7,

		// Behind the change.
		fmt.Sprint("k", one(rt.Await(s.change(w)))): s.n,
		s.text + "!": w.Int("value", 5) + one(rt.Await(s.change(w))),
	}
	w.Trace("entries", fmt.Sprint(m))
	pairs := map[pair]pair{{s.n, 1}: {2, s.n}, {3, one(rt.Await(s.change(w)))}: {s.n, 4}, {5, 6}: {7, 8}}
	w.Trace("pairs", fmt.Sprint(pairs))
	pointers := []*map[string]*pair{{"x": {s.n, one(rt.Await(s.change(w)))}}, {"y": {1, 2}}}
	w.Trace("pointers", *(*pointers[0])["x"], len(*pointers[1]))
	nested := map[string]map[string]int{"in": {"n": s.n, "m": one(rt.Await(s.change(w)))}, "out": nil}
	w.Trace("nested", fmt.Sprint(nested), one(rt.Await(s.change(w))))
	return s.text, nil
}

// MapsPanic has keys that cannot be hashed, and indices out of range, before
// and after awaits.
//
// async
func MapsPanic(w *harness.World) (n int, err error) {
	for i := range 3 {
		w.Err("mapPanic", rt.Await0(mapPanic(w, i)))
	}
	return
}

// async
func mapPanic(w *harness.World, i int) (err error) {
	defer func() { w.Trace("recovered", fmt.Sprint(recover())) }()
	s := &state{n: 1}
	var key any = []int{1}
	switch i {
	case 0:
		w.Trace("entry", fmt.Sprint(map[any]int{key: 1, "n": one(rt.Await(s.change(w)))}))
	case 1:
		w.Trace("whole", fmt.Sprint(map[any]int{1: s.list[s.n]}), one(rt.Await(s.change(w))))
	case 2:
		w.Trace("key", fmt.Sprint(map[any]int{one(rt.Await(s.change(w))): 1, key: 2}))
	}
	return nil
}
