package rt

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// levels is a generator of depth levels: the innermost yields 10*level and 10*level+1, and each outer one, when its inner has
// ended, does the same. Innermost it panics at its first Received if it booms; level 2 then recovers.
type levels struct {
	coro
	s     *stage
	out   *Yielder[int, string]
	depth int
	i     int
	inner *levels
	booms bool
}

func newLevels(s *stage, depth int, booms bool) *levels {
	co := &levels{s: s, depth: depth, booms: booms}
	co.Visible()
	return co
}

func (co *levels) Yields(y *Yielder[int, string]) { co.out = y }

func (co *levels) Resume(fb *Fiber) (done bool) {
	state := co.Enter()
	defer co.Leave(fb, co, &done)
	switch state {
	case 1:
		goto yield1
	case 2:
		goto await2
	}
	co.Defer(func() { co.s.log("deferred %d", co.depth) })
	co.Defer(func() {
		if co.booms && co.depth == 2 {
			co.s.log("recovers %v", recover())
		}
	})
	if co.depth == 0 {
		goto for1
	}
	co.inner = newLevels(co.s, co.depth-1, co.booms)
	co.inner.Yields(co.out)
	if !Begin(fb, co.inner, co) {
		return co.Suspend(2)
	}
await2:
	co.inner.Check()
for1:
	if co.i >= 2 {
		return true
	}
	co.out.Yield(fb, co, 10*co.depth+co.i)
	return co.Suspend(1)
yield1:
	in, err := co.out.Received()
	co.s.log("%q, %v", in, err)
	if co.booms && co.depth == 0 {
		panic("boom")
	}
	if err != nil {
		co.err = err
		return true
	}
	co.i++
	goto for1
}

func TestGeneratorsDelegate(t *testing.T) {
	s := newStage(t)
	g := NewGenerator[int, string, int](newLevels(s, 2, false))
	v, ok := g.Next()
	for i := 0; ok; i++ {
		s.log("<%d>", v)
		if i == 2 {
			v, ok = g.Throw(errX)
		} else {
			v, ok = g.Send(string('a' + rune(i)))
		}
	}
	s.traced("<0>", `"a", <nil>`, "<1>", `"b", <nil>`, "deferred 0",
		"<10>", `"", x`, "deferred 1",
		"<20>", `"d", <nil>`, "<21>", `"e", <nil>`, "deferred 2")
	if _, ok := g.Next(); ok {
		t.Error("yields after its end")
	}
	if _, err := g.Result(); err != nil {
		t.Error(err)
	}
}

func TestGeneratorPanics(t *testing.T) {
	s := newStage(t)
	g := NewGenerator[int, string, int](newLevels(s, 3, true))
	s.log("<%v>", first(g.Next()))
	s.log("<%v>", first(g.Send("x"))) // 2 recovers, 3 goes on
	s.traced("<0>", `"x", <nil>`, "deferred 0", "deferred 1", "recovers boom", "deferred 2", "<30>")

	g = NewGenerator[int, string, int](newLevels(s, 1, true))
	g.Next()
	if p := panicOf(func() { g.Next() }); p != "boom" {
		t.Errorf("Next panics with %v", p)
	}
	if p := panicOf(func() { g.Result() }); p != "boom" {
		t.Errorf("Result panics with %v", p)
	}
	if _, ok := g.Next(); ok {
		t.Error("yields after its failure")
	}
}

func first[T any](v T, _ bool) T { return v }

func TestGeneratorClose(t *testing.T) {
	s := newStage(t)
	g := NewGenerator[int, string, int](newLevels(s, 0, false))
	g.Next()
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	s.traced(`"", `+ErrGeneratorExit.Error(), "deferred 0")
	if _, err := g.Result(); err != ErrGeneratorExit {
		t.Errorf("result %v", err)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}

	// One that has not begun.
	g = NewGenerator[int, string, int](newLevels(s, 0, false))
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if _, ok := g.Next(); ok {
		t.Error("yields after Close")
	}
	g = NewGenerator[int, string, int](newLevels(s, 0, false))
	if _, ok := g.Throw(errX); ok {
		t.Error("yields after Throw at the start")
	}
	if _, err := g.Result(); err != errX {
		t.Errorf("result %v", err)
	}
	s.traced()

	// One whose outer level yields on.
	g = NewGenerator[int, string, int](newLevels(s, 1, false))
	g.Next()
	if err := g.Close(); err != ErrCloseIgnored {
		t.Errorf("Close of a generator that yields on: %v", err)
	}
}

func TestGeneratorMisuse(t *testing.T) {
	s := newStage(t)
	co := newLevels(s, 0, false)
	g := NewGenerator[int, string, int](co)
	s.log("%s", misuse(t, func() { g.Send("x") }))
	s.log("%s", misuse(t, func() { NewGenerator[int, string, int](co) }))
	s.log("%s", misuse(t, func() { co.Send() }))
	s.log("%s", misuse(t, func() { SpawnOn[int](s.Loop, co) }))
	g.Next()
	s.log("%s", misuse(t, func() { g.From(nil) }))
	var self *Generator[int, string, int]
	self = Pull(func(yield Yield[int, string]) (int, error) {
		s.log("%s", misuse(t, func() { self.Next() }))
		return 0, nil
	})
	self.Next()
	s.traced("Send to a generator that has not begun, where no yield could return the value",
		"the coroutine already belongs to a task or a generator",
		"a task or a generator drives this coroutine",
		"the coroutine already belongs to a task or a generator",
		"delegation to a generator that has begun",
		"the generator is already running")

	awaiting := &awaitingGenerator{}
	awaiting.body = func(co *coro, fb *Fiber, state int32) bool {
		co.future.Init(NewFuture[int]())
		co.future.Start(fb, awaiting)
		return co.Suspend(1)
	}
	awaiting.Visible()
	if m := misuse(t, func() { NewGenerator[int, string, int](awaiting).Next() }); m != "a generator awaits something other than yield" {
		t.Error(m)
	}
}

type awaitingGenerator struct{ coro }

func (*awaitingGenerator) Yields(*Yielder[int, string]) {}

func TestPull(t *testing.T) {
	s := newStage(t)
	count := func(yield Yield[int, string]) (int, error) {
		defer s.log("deferred")
		for i := 0; ; i++ {
			in, err := yield(i)
			if err != nil {
				return i, err
			}
			s.log("%q", in)
		}
	}
	g := Pull(count)
	s.log("<%d>", first(g.Next()))
	s.log("<%d>", first(g.Send("a")))
	g.Throw(errX)
	s.traced("<0>", `"a"`, "<1>", "deferred")
	if v, err := g.Result(); v != 1 || err != errX {
		t.Errorf("result %v, %v", v, err)
	}

	var got []int
	g = Pull(count)
	for v := range g.All() {
		if got = append(got, v); v == 2 {
			break
		}
	}
	s.traced(`""`, `""`, "deferred")
	if _, err := g.Result(); !slices.Equal(got, []int{0, 1, 2}) || err != ErrGeneratorExit {
		t.Errorf("values %v, error %v", got, err)
	}

	g = Pull(func(yield Yield[int, string]) (int, error) { yield(1); panic("boom") })
	g.Next()
	if p := panicOf(func() { g.Next() }); p != "boom" {
		t.Errorf("Next panics with %v", p)
	}
	if err := Pull(func(yield Yield[int, string]) (int, error) { return 0, errors.New("never") }).Close(); err != nil {
		t.Error(err)
	}
}

func TestPull0(t *testing.T) {
	g := Pull0(func(yield Yield[int, string]) error {
		in, _ := yield(1)
		return errors.New(in)
	})
	g.Next()
	g.Send("sent")
	if _, err := g.Result(); err == nil || err.Error() != "sent" {
		t.Errorf("result %v", err)
	}
}

// upTo is the coroutine of: func(yield func(int) bool) { for i := range n { if !yield(i) { return } } }, ignoring the result of
// yield if it is stubborn.
type upTo struct {
	Frame
	s        *stage
	out      *Yielder[int, bool]
	n, i     int
	stubborn bool
}

func (co *upTo) Yields(y *Yielder[int, bool])           { co.out = y }
func (co *upTo) Start(fb *Fiber, parent Resumable) bool { return Begin(fb, co, parent) }
func (co *upTo) Result() bool                           { co.Check(); return true }
func newUpTo(s *stage, n int, stubborn bool) *Iter[int] {
	co := &upTo{s: s, n: n, stubborn: stubborn}
	co.Visible()
	return NewIter[int](co)
}

func (co *upTo) Resume(fb *Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto yield1
	}
for1:
	if co.i >= co.n {
		co.s.log("end")
		return co.End()
	}
	co.out.Yield(fb, co, co.i)
	return co.Suspend(1)
yield1:
	if !co.out.Continue() && !co.stubborn {
		co.s.log("stopped")
		return co.End()
	}
	co.i++
	goto for1
}

func TestIter(t *testing.T) {
	s := newStage(t)
	var got []int
	for v := range newUpTo(s, 3, false).All() {
		got = append(got, v)
	}
	s.traced("end")
	for v := range newUpTo(s, 3, false).All() {
		if got = append(got, v); v == 1 {
			break
		}
	}
	s.traced("stopped")
	if want := []int{0, 1, 2, 0, 1}; !slices.Equal(got, want) {
		t.Errorf("values %v, want %v", got, want)
	}
	it := newUpTo(s, 3, false)
	it.Stop()
	it.Stop()
	if _, ok := it.Next(); ok {
		t.Error("yields after Stop")
	}
	s.traced()
	it = newUpTo(s, 3, true)
	it.Next()
	if p := panicOf(it.Stop); fmt.Sprint(p) != "runtime error: range function continued iteration after function for loop body returned false" {
		t.Errorf("Stop of an iterator that goes on panics with %v", p)
	}
}

// TestGeneratorCloseOfAWrappedExit checks that a generator may add to the error that Close throws.
func TestGeneratorCloseOfAWrappedExit(t *testing.T) {
	g := Pull(func(yield Yield[int, int]) (int, error) {
		if _, err := yield(1); err != nil {
			return 0, fmt.Errorf("at 1: %w", err)
		}
		return 0, nil
	})
	if v, ok := g.Next(); v != 1 || !ok {
		t.Fatalf("Next returned %d, %v", v, ok)
	}
	if err := g.Close(); err != nil {
		t.Errorf("Close returned %v", err)
	}
}
