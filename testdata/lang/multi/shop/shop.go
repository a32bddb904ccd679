// Package shop calls functions of another package, of its own dot imports and of renamed ones.
package shop

import (
	. "github.com/goasync/goasync/rt"
	harness2 "github.com/goasync/goasync/testdata/lang/harness"
	. "github.com/goasync/goasync/testdata/lang/multi/stock"
)

type filler struct {
	*Shelf[int]
	rt string
}

// async
func (f filler) Fill(w *harness2.World, n int) error {
	_, err := Await(w.Get(n))
	f.Items[0] += n
	return err
}

// ShopCalls calls across packages.
//
// async
func ShopCalls(w *harness2.World) (int, error) {
	n, err := Await(Count(w, 4))
	w.Err("count", err)
	s := &Shelf[int]{World: w, Items: []int{1, 2, 3}}
	item, left, err := Await2(s.Take())
	w.Trace("took", item, left, err != nil)
	f := filler{s, "rt"}
	item, _, err = Await2(f.Take())
	w.Trace("took", item, err != nil)
	if err := Await0(All(w, f, f, f)); err != nil {
		w.Err("all", err)
	}
	t := Spawn(func() (int, error) { return Await(Count(w, 4)) })
	m, err := Await(t.Wait())
	return n + m + s.Items[0], err
}

// ShopYields delegates to another package's generator.
//
// async
func ShopYields(w *harness2.World, yield Yield[int, string]) (string, error) {
	a, err := Await(Levels(w, 2, yield))
	w.Trace("delegated", a, harness2.Show(err))
	if err != nil {
		if s, err := yield(100); err != nil {
			return s, err
		}
	}
	return Await(Levels(w, 2, yield))
}

// ShopIterates passes yield on to another package's iterators.
//
// async
func ShopIterates(w *harness2.World, yield func(int, string) bool) {
	s := &Shelf[string]{World: w, Items: []string{"a", "b"}}
	if !s.Each(yield) {
		w.Trace("stopped")
		return
	}
	for v := range UpTo(w, 2) {
		if !yield(v, "up") {
			return
		}
	}
	yield(9, "last")
}

// ShopRanges ranges over another package's iterators.
//
// async
func ShopRanges(w *harness2.World) (n int, err error) {
	s := &Shelf[int]{World: w, Items: []int{1, 2, 3}}
	for v := range UpTo(w, 2) {
		for _, item := range func(yield func(int, int) bool) { s.Each(yield) } {
			got, err := Await(w.Get(item + v))
			if err != nil {
				return n, err
			}
			n += got
		}
	}
	return n, nil
}

// ShopDelivers ranges over another package's async generators.
//
// async
func ShopDelivers(w *harness2.World) (n int, err error) {
	s := &Shelf[int]{World: w, Items: []int{1, 2, 3, 4, 5}}
	var v int
	for v, err = range Each(s.Deliver) {
		if err != nil {
			return n, err
		}
		if n += v; v == 3 {
			break
		}
	}
	for range Each(func(yield Yield[int, struct{}]) error { return Await0(twoOf(s, yield)) }) {
		n++
	}
	return n, err
}

// async
func twoOf(s *Shelf[int], yield Yield[int, struct{}]) error { return Await0(Pass(s, yield)) }

// async
func double(n int) (int, error) { return 2 * n, nil }

// named says which counters have a hook, in a function that sets none.
//
// async
func named(w *harness2.World, counters []*Counter[int]) (names string, err error) {
	for _, c := range counters {
		if nil != c.Hook {
			names += c.Name + " "
		}
	}
	return names, Await0(w.Do("named"))
}

// both is ordinary code, which sets both forms.
func both() *Counter[int] {
	return &Counter[int]{Name: "both", Handle: double, HandleAsync: doubleAsync}
}

// ShopFills sets functions in another package's struct, by key and by assignment, alone and with their async forms.
//
// async
func ShopFills(w *harness2.World) (sum int, err error) {
	counters := []*Counter[int]{
		{Name: "double", Handle: double},
		{Name: "plain", Handle: func(n int) (int, error) { return n + 1, nil }, Hook: w.Do},
		{Name: "waits", Handle: func(n int) (int, error) { return Await(w.Get(n)) }},
	}
	counters[0].Hook = func(name string) error { return Await0(w.Do("hook " + name)) }
	counters = append(counters, both())
	for i, c := range counters {
		if c.Hook == nil && i < 3 {
			c.Name, c.Hook = "late", w.Do
		}
		n, err := Await(c.Serve(i))
		w.Err(c.Name, err)
		sum += n
	}
	counters[1].Hook = nil
	names, err := Await(named(w, counters))
	w.Trace("named", names, err != nil)
	n, err := Await(counters[1].Serve(7))
	return sum + n, err
}
