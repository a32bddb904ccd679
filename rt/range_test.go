package rt_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

func TestRangeMapVisitsWhatGoDoes(t *testing.T) {
	m := map[float64]int{math.NaN(): 1, math.NaN(): 2, 3: 3}
	sum := 0
	for it := rt.RangeMap(m); it.Next(); {
		if k, v := it.Key(), it.Value(); k == 3 || v < 3 {
			sum += v
		}
	}
	if sum != 6 {
		t.Errorf("values add up to %d, want 6", sum)
	}

	type key struct{ s string }
	deleted := map[key]*int{{"a"}: new(1), {"b"}: new(2), {"c"}: new(3)}
	n := 0
	for it := rt.RangeMap(deleted); it.Next(); n++ {
		clear(deleted)
	}
	if n != 1 {
		t.Errorf("%d entries of a map that is cleared at the first, want 1", n)
	}

	if it := rt.RangeMap(map[string]bool(nil)); it.Next() {
		t.Error("a nil map has an entry")
	}
}

func TestRangeStopsItsFunction(t *testing.T) {
	var log []string
	seq := func(yield func(int, string) bool) {
		defer func() { log = append(log, "left") }()
		for i := 0; yield(i, fmt.Sprint("v", i)); i++ {
		}
		log = append(log, "stopped")
	}
	var d rt.Defers
	r := rt.Range2(&d, seq)
	for r.Next() {
		log = append(log, fmt.Sprint(r.Key(), r.Value()))
		if r.Key() == 1 {
			r.Stop()
			break
		}
	}
	if want := []string{"0v0", "1v1", "stopped", "left"}; !slices.Equal(log, want) {
		t.Errorf("%q, want %q", log, want)
	}
}

func TestRangeFunctionThatGoesOnPanicsAsInGo(t *testing.T) {
	seq := func(yield func() bool) {
		yield()
		yield()
	}
	want := func() (p any) {
		defer func() { p = recover() }()
		for range seq {
			break
		}
		return nil
	}()
	var d rt.Defers
	r := rt.Range0(&d, seq)
	r.Next()
	got := func() (p any) {
		defer func() { p = recover() }()
		r.Stop()
		return nil
	}()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("panics with %v, want %v", got, want)
	}
	if _, ok := got.(runtime.Error); !ok {
		t.Errorf("panics with a %T, want a runtime.Error", got)
	}
}

func TestRangePanicComesOutOfNext(t *testing.T) {
	var d rt.Defers
	r := rt.Range(&d, func(func(int) bool) { panic("iterator") })
	defer func() {
		if p := recover(); p != "iterator" {
			t.Errorf("recovered %v", p)
		}
	}()
	r.Next()
	t.Error("Next has returned")
}

// A ranger ranges over seq, and its body ends as end does in the first iteration.
type ranger struct {
	rt.Frame
	rt.Defers
	seq func(func(int) bool)
	end func()
}

func (co *ranger) Start(fb *rt.Fiber, parent rt.Resumable) bool { return co.Begin(fb, co, parent) }

func (co *ranger) Resume(fb *rt.Fiber) (done bool) {
	co.Enter()
	defer co.Leave(fb, co, &done)
	for r := rt.Range(&co.Defers, co.seq); r.Next(); {
		co.end()
		return true
	}
	return true
}

func (co *ranger) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, nil
}

func TestRangeIsLeftByTheEndOfTheCall(t *testing.T) {
	for _, test := range []struct {
		name string
		end  func()
		want string
	}{
		{"return", func() {}, "returned false, left"},
		{"panic", func() { panic("body") }, "left, panicked body"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log []string
			seq := func(yield func(int) bool) {
				defer func() { log = append(log, "left") }()
				log = append(log, fmt.Sprint("returned ", yield(1)))
			}
			co := &ranger{seq: seq, end: test.end}
			co.Visible()
			func() {
				defer func() {
					if p := recover(); p != nil {
						log = append(log, fmt.Sprint("panicked ", p))
					}
				}()
				rt.RunAsync0(co)
			}()
			if got := strings.Join(log, ", "); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}
