package transform

// worldSource is package world of the generated module: what the random
// programs await and call, and how they are run in both forms.
const worldSource = `package world

import (
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/goasync/goasync/rt"
)

// An Action is what happens at one operation.
type Action int

const (
	Ready Action = iota
	Later
	Fail
	FailLater
	CancelBefore  // its task is cancelled, then it waits
	CancelReady   // its task is cancelled, then it completes at once
	CancelWaiting // its task is cancelled while it waits
	PanicStart
	PanicResult
	Exit // it calls runtime.Goexit
	Actions
)

// A Script says what happens at the k-th operation.
type Script struct {
	Base [2]Action // of even and odd operations
	At   int
	Act  Action
	Then Action // of all after At; Ready: as Base says
}

func (s Script) action(k int) Action {
	if k == s.At {
		return s.Act
	}
	if s.At >= 0 && k > s.At && s.Then != Ready {
		return s.Then
	}
	return s.Base[k%2]
}

// A World is one run of a program.
type World struct {
	Trace  []string
	script Script
	ops    int
	budget int
	fuel   int
	calls  int
	root   *rt.Fiber // the program's task
	exited *rt.Fiber // the last that called Goexit
	ended  bool      // the program's task has
	left   bool      // what happens is not compared any more
	cut    bool      // a panic ended RunUntil while tasks were left, one of which may await in its deferred calls under Goexit
	cancel func(error) bool
}

func newWorld(s Script) *World { return &World{script: s, budget: 300, fuel: 30} }

// log traces what happens.
func (w *World) log(what string) {
	if !w.left {
		w.Trace = append(w.Trace, what)
	}
}

// exits notes that fb calls runtime.Goexit. A second task that does so while the first still awaits in its deferred calls is
// where the forms part: the plain one's goroutine stays where it is, and the generated one's, which runs the loop, cannot. So
// what comes after is not compared.
//
// Nor is it if the program's task has ended in this turn or the last one, and RunUntil is about to return: see ends.
func (w *World) exits(fb *rt.Fiber) {
	switch {
	case w.exited != nil && w.exited != fb:
		w.log("another task exits")
		w.left = true
	case w.ended:
		w.log("exits at the end")
		w.left = true
	}
	w.exited = fb
}

// ends notes that the program's task ends. If another task, which has called Goexit, still awaits in its deferred calls, the forms
// part: RunUntil returns and leaves the plain one where it is, but the goroutine of the generated one is that of RunUntil, which
// does not return. So what comes after is not compared.
func (w *World) ends() {
	w.ended = true
	if w.exited != nil && w.exited != w.root {
		w.log("ends while another task exits")
		w.left = true
	}
}

func (w *World) T(id int, vs ...any) {
	if w.budget--; w.budget < 0 {
		panic("budget")
	}
	w.log(fmt.Sprint(id, ": ", fmt.Sprint(vs...)))
}

func (w *World) I(id, v int) int            { w.T(id, v); return v }
func (w *World) S(id int, v string) string  { w.T(id, v); return v }
func (w *World) B(id int, v bool) bool      { w.T(id, v); return v }
func (w *World) V(v int, vs ...any) int     { w.T(0, vs...); return v }
func (w *World) Slice(id int) []int         { w.T(id); return []int{id, 2, 3} }
func (w *World) Self(id int) *World         { w.T(id); return w }
func (w *World) Face(id int) Getter         { w.T(id); return face{w} }
func (w *World) Done()                      { w.T(0, "done") }
func (w *World) Recover(id int)             { w.T(id, Panic(recover())) }
func (w *World) More() bool                 { w.fuel--; return w.fuel >= 0 }

// Call bounds how deep functions call each other.
func (w *World) Call(f func() int) int {
	if w.calls > 3 || f == nil {
		return -1
	}
	w.calls++
	defer func() { w.calls-- }()
	return f()
}

// ---- operations

// step is one scripted operation.
type step struct {
	w      *World
	k      int
	act    Action
	how    int // 1: yield, 2: wait, 3: err
	err    error
	yield  rt.YieldNowOp
	future *rt.Future[int]
	wait   rt.FutureWaitOp[int]
}

var errCause = errors.New("cause")

func (s *step) start(w *World, tag string, fb *rt.Fiber, parent rt.Resumable) bool {
	*s = step{w: w, k: w.ops}
	w.ops++
	s.act = w.script.action(s.k)
	w.log(fmt.Sprint("op ", s.k, " ", tag))
	switch s.act {
	case PanicStart:
		panic(fmt.Sprintf("start %d", s.k))
	case Exit:
		w.exits(fb)
		runtime.Goexit()
	case CancelBefore, CancelReady:
		w.cancel(errCause)
	case CancelWaiting:
		future := rt.NewFuture[int]()
		fb.Loop().CallSoon(func() {
			w.cancel(errCause)
			if !future.Done() { // it is another task that was cancelled
				future.SetResult(1)
			}
		})
		s.how, s.future = 2, future
		s.wait.Init(s.future)
		return s.wait.Start(fb, parent)
	}
	if s.act == Later || s.act == FailLater || s.act == CancelBefore {
		s.how = 1
		s.yield.Init()
		return s.yield.Start(fb, parent)
	}
	if s.act != CancelReady {
		if s.err = fb.Checkpoint(); s.err != nil {
			s.how = 3
		}
		return fb.Ready(parent)
	}
	return true
}

func (s *step) result() error {
	switch s.how {
	case 1:
		if _, err := s.yield.Result(); err != nil {
			return err
		}
	case 2:
		_, err := s.wait.Result()
		return err
	case 3:
		return s.err
	}
	switch s.act {
	case Fail, FailLater:
		return fmt.Errorf("op %d failed", s.k)
	case PanicResult:
		panic(fmt.Errorf("result %d", s.k))
	}
	return nil
}

type WorldGetOp struct {
	step
	w *World
	v int
}

func (op *WorldGetOp) Init(w *World, v int) { op.w, op.v = w, v }
func (op *WorldGetOp) Start(fb *rt.Fiber, parent rt.Resumable) bool {
	return op.start(op.w, fmt.Sprint("get ", op.v), fb, parent)
}
func (op *WorldGetOp) Abort(fb *rt.Fiber, err error) rt.Outcome { panic("not waited for") }
func (op *WorldGetOp) Result() (int, error) {
	if err := op.result(); err != nil {
		return op.k, err
	}
	return (op.v*2 + op.k + 1) % 97, nil
}

func (w *World) Get(v int) (int, error) {
	op := new(WorldGetOp)
	op.Init(w, v)
	return rt.Block[int](op)
}

func (w *World) GetAsync(v int) rt.Awaitable[int] {
	op := new(WorldGetOp)
	op.Init(w, v)
	return op
}

type WorldDoOp struct {
	step
	w *World
	v int
}

func (op *WorldDoOp) Init(w *World, v int) { op.w, op.v = w, v }
func (op *WorldDoOp) Start(fb *rt.Fiber, parent rt.Resumable) bool {
	return op.start(op.w, fmt.Sprint("do ", op.v), fb, parent)
}
func (op *WorldDoOp) Result() (struct{}, error) { return struct{}{}, op.result() }

func (w *World) Do(v int) error {
	op := new(WorldDoOp)
	op.Init(w, v)
	_, err := rt.Block[struct{}](op)
	return err
}

func (w *World) DoAsync(v int) rt.Awaitable[struct{}] {
	op := new(WorldDoOp)
	op.Init(w, v)
	return op
}

// Name has no operation to embed, only an async form.
func (w *World) Name(s string) (string, error) { return rt.Block(w.NameAsync(s)) }

func (w *World) NameAsync(s string) rt.Awaitable[string] { return &nameOp{w: w, s: s} }

type nameOp struct {
	step
	w *World
	s string
}

func (op *nameOp) Start(fb *rt.Fiber, parent rt.Resumable) bool {
	return op.start(op.w, "name "+op.s, fb, parent)
}
func (op *nameOp) Result() (string, error) { return Cat(op.s, Itoa(op.k)), op.result() }

type WorldTwoOp struct {
	step
	w *World
	v int
	s string
}

func (op *WorldTwoOp) Init(w *World, v int, s string) { op.w, op.v, op.s = w, v, s }
func (op *WorldTwoOp) Start(fb *rt.Fiber, parent rt.Resumable) bool {
	return op.start(op.w, fmt.Sprint("two ", op.v, op.s), fb, parent)
}
func (op *WorldTwoOp) Result() (rt.Pair[int, string], error) {
	err := op.result()
	return rt.Pack2(op.v+op.k, Cat(op.s, "t")), err
}

func (w *World) Two(v int, s string) (int, string, error) {
	op := new(WorldTwoOp)
	op.Init(w, v, s)
	return rt.Unpack2(rt.Block[rt.Pair[int, string]](op))
}

func (w *World) TwoAsync(v int, s string) rt.Awaitable[rt.Pair[int, string]] {
	op := new(WorldTwoOp)
	op.Init(w, v, s)
	return op
}

type WorldSumOp struct {
	step
	w  *World
	vs []int
}

func (op *WorldSumOp) Init(w *World, vs ...int) { op.w, op.vs = w, vs }
func (op *WorldSumOp) Start(fb *rt.Fiber, parent rt.Resumable) bool {
	return op.start(op.w, fmt.Sprint("sum ", op.vs), fb, parent)
}
func (op *WorldSumOp) Result() (sum int, err error) {
	for _, v := range op.vs {
		sum += v
	}
	return sum, op.result()
}

func (w *World) Sum(vs ...int) (int, error) {
	op := new(WorldSumOp)
	op.Init(w, vs...)
	return rt.Block[int](op)
}

func (w *World) SumAsync(vs ...int) rt.Awaitable[int] {
	op := new(WorldSumOp)
	op.Init(w, vs...)
	return op
}

type SameOp[T any] struct {
	step
	w *World
	v T
}

func (op *SameOp[T]) Init(w *World, v T) { op.w, op.v = w, v }
func (op *SameOp[T]) Start(fb *rt.Fiber, parent rt.Resumable) bool {
	return op.start(op.w, "same", fb, parent)
}
func (op *SameOp[T]) Result() (T, error) { return op.v, op.result() }

func Same[T any](w *World, v T) (T, error) {
	op := new(SameOp[T])
	op.Init(w, v)
	return rt.Block[T](op)
}

func SameAsync[T any](w *World, v T) rt.Awaitable[T] {
	op := new(SameOp[T])
	op.Init(w, v)
	return op
}

type Getter interface {
	Get(v int) (int, error)
	GetAsync(v int) rt.Awaitable[int]
}

type face struct{ *World }

`
