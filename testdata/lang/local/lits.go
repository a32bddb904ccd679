package local

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// LitsTypes has async literals that use the types of the function.
//
// async
func LitsTypes(w *harness.World) (string, error) {
	type page struct {
		url  string
		size int
	}
	total := page{url: "total"}
	pages, err := rt.Await(rt.Gather(
		func() (page, error) {
			p := page{url: "a"}
			n, err := rt.Await(w.Get(3))
			p.size = n
			total.size += n
			return p, err
		},
		func() (p page, err error) {
			type page []int
			sizes := page{1}
			for i := range 3 {
				sizes = append(sizes, val(rt.Await(w.Get(i))))
			}
			p.size = len(sizes) + sizes[2]
			return p, nil
		},
		func() (page, error) { return total, nil },
	))
	return fmt.Sprintf("%v %v %v %T", pages, total, harness.Show(err), total), nil
}

// LitsNested has literals in literals with types and constants of each.
//
// async
func LitsNested(w *harness.World) (s string, err error) {
	type level int
	const first level = 1
	err = rt.Await0(rt.Shield0(func() error {
		type step struct {
			l    level
			name string
		}
		const second = first + 1
		trail := []step{{first, "one"}}
		deep, err := rt.Await(rt.Shield(func() (step, error) {
			const third = second * 2
			type names [third]string
			var ns names
			st := step{third, "three"}
			if err := rt.Await0(w.Do("deep")); err != nil {
				st.l = second
			}
			ns[third-1] = st.name
			trail = append(trail, st)
			return step{name: fmt.Sprint(ns, len(ns))}, rt.Await0(w.Do("deeper"))
		}))
		s += fmt.Sprintf("%v %v %T", trail, deep, deep.l)
		return err
	}))
	return s, err
}

// LitsConstants has literals that use constants of every kind.
//
// async
func LitsConstants(w *harness.World) (s string, err error) {
	type color uint8
	const (
		red color = iota + 1
		green
		_
		blue, name = iota * red, "b" + "lue"
	)
	const (
		kb = 1 << (10 * (iota + 1))
		mb
	)
	table := [4]int{}
	const n, half = len(table), 1 / 2.0
	err = rt.Await0(rt.Shield0(func() error {
		const red = "red"
		for i := range n {
			s += fmt.Sprint(red, green, blue, name, mb/kb, half, i)
			if err := rt.Await0(w.Do(name)); err != nil {
				return fmt.Errorf("%v %T: %w", green, green, err)
			}
		}
		return nil
	}))
	return fmt.Sprint(s, red, blue), err
}

// LitsDeferred has deferred literals that await and use local types.
//
// async
func LitsDeferred(w *harness.World) (s string, err error) {
	type note struct{ text string }
	const prefix = "> "
	var notes []note
	defer func() { s += fmt.Sprint(notes) }()
	for i := range 2 {
		type note struct{ n int }
		k := note{i}
		defer func(at note) {
			if rt.Await0(w.Do("deferred")) != nil {
				k.n += 10
			}
			s += prefix + fmt.Sprint(k, at)
		}(note{i + 5})
		k.n++
	}
	defer func() {
		const prefix = prefix + "> "
		rt.Await0(w.Do("first"))
		notes = append(notes, note{prefix})
	}()
	return s, rt.Await0(w.Do("x"))
}

// LitsNative starts tasks in statements that await nothing, whose types they
// use.
//
// async
func LitsNative(w *harness.World) (s string, err error) {
	var tasks []*rt.Task[string]
	if s == "" {
		type job struct {
			n    int
			next *job
		}
		type (
			jobs []job
			only int
		)
		const most only = 2
		type step = only
		list := jobs{{n: 1}, {n: 2}}
		for i := range most {
			j := list[i]
			tasks = append(tasks, rt.Spawn(func() (string, error) {
				j.next = &job{n: val(rt.Await(w.Get(j.n)))}
				var at step = most
				if rt.Await0(w.Do("job")) != nil {
					j.n, at = 7, at+1
				}
				return fmt.Sprintf("%v %v %v %T ", j.n, j.next.n, at, j), nil
			}))
		}
		w.Trace("jobs", len(list))
	}
	for _, t := range tasks {
		one, err := rt.Await(t.Wait())
		s += one
		if err != nil {
			w.Err("task", err)
		}
	}
	return s, nil
}

// LitsCaptured captures variables of local types, and passes values of them
// through any.
//
// async
func LitsCaptured(w *harness.World) (s string, err error) {
	var kept any
	same := func(any) bool { return false }
	{
		type secret struct{ n int }
		x := secret{1}
		kept = x
		same = func(v any) bool { _, ok := v.(secret); return ok }
		err = rt.Await0(rt.Shield0(func() error {
			x.n++
			err := rt.Await0(w.Do("x"))
			if v, ok := kept.(secret); ok {
				x.n += v.n
			}
			kept = x
			return err
		}))
	}
	return fmt.Sprintf("%v %T %v", kept, kept, same(kept)), err
}
