package rt_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// Random programs on a loop, compared with a model of it that is as simple as can be (model_ref_test.go). A program is a set of
// functions and tasks, each of which, when its turn comes, does some deeds: it schedules others, cancels them, sets futures, stops
// the loop. Who does what when follows from the seed and the number of the function, so two loops that run them in the same order do
// the same, and the first difference between them shows in the trace.

var modelPrograms = flag.Int("model.programs", 2000, "how many random programs are compared with the model of the loop")

// subject is what a program does its deeds to. Functions, futures and tasks are known by number.
type subject interface {
	callSoon(call int)
	callLater(call int, d time.Duration)
	post(call int)
	cancelCall(call int)
	newFuture()
	setFuture(future int, err error)
	cancelFuture(future int)
	addDoneCallback(future, call int)
	removeDoneCallback(future, call int)
	spawn(task int)
	cancelTask(task int)
	stop()
	now() time.Duration
	run()
}

// program is a program and what it has done so far.
type program struct {
	seed                  uint64
	on                    subject
	calls, futures, tasks int // that there are
	budget                int // deeds that are left
	trace                 []string
}

func newProgram(seed uint64) *program { return &program{seed: seed, budget: 150} }

// play runs the program three times, as the loop may be stopped before everything has run.
func (p *program) play() []string {
	for range 3 {
		p.on.newFuture()
		p.futures++
	}
	p.deeds(p.random("main"), 8)
	for range 3 {
		p.on.run()
		p.log("stopped")
	}
	return p.trace
}

func (p *program) log(format string, args ...any) {
	p.trace = append(p.trace, fmt.Sprintf("%v ", p.on.now())+fmt.Sprintf(format, args...))
}

func (p *program) random(who string) *rand.Rand {
	h := uint64(14695981039346656037)
	for _, b := range []byte(who) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(p.seed, h))
}

// call is called when a function's turn has come.
func (p *program) call(n int) {
	p.log("call %d", n)
	r := p.random(fmt.Sprint("call", n))
	p.deeds(r, r.IntN(4))
}

func duration(r *rand.Rand) time.Duration { return time.Duration(r.IntN(6)-1) * time.Second }

// deeds does some.
func (p *program) deeds(r *rand.Rand, count int) {
	for range count {
		if p.budget--; p.budget < 0 {
			return
		}
		switch r.IntN(18) {
		case 0, 1, 2:
			p.calls++
			p.on.callSoon(p.calls)
		case 3, 4, 5:
			p.calls++
			p.on.callLater(p.calls, duration(r))
		case 6, 7:
			p.calls++
			p.on.post(p.calls)
		case 8:
			if p.calls > 0 {
				p.on.cancelCall(1 + r.IntN(p.calls))
			}
		case 9:
			p.on.newFuture()
			p.futures++
		case 10:
			p.on.setFuture(r.IntN(p.futures), nil)
		case 11:
			p.on.setFuture(r.IntN(p.futures), errBoom)
		case 12:
			p.on.cancelFuture(r.IntN(p.futures))
		case 13:
			p.calls++
			p.on.addDoneCallback(r.IntN(p.futures), p.calls)
		case 14:
			if p.calls > 0 {
				p.on.removeDoneCallback(r.IntN(p.futures), 1+r.IntN(p.calls))
			}
		case 15:
			p.tasks++
			p.on.spawn(p.tasks)
		case 16:
			if p.tasks > 0 {
				p.on.cancelTask(1 + r.IntN(p.tasks))
			}
		case 17:
			if r.IntN(4) == 0 {
				p.on.stop()
			}
		}
	}
}

var errBoom = errors.New("boom")

// modelWait is what a task awaits in one of its steps.
type modelWait struct {
	kind   waitKind
	d      time.Duration
	future int
	task   int
}

type waitKind int

const (
	waitYield waitKind = iota
	waitSleep
	waitFuture
	waitTask
	waitEnd // the task ends
)

// wait says what a task awaits in its n-th step, from 0.
func (p *program) wait(task, n int) modelWait {
	r := p.random(fmt.Sprint("task", task, ".", n))
	p.deeds(r, r.IntN(3))
	kind := waitKind(r.IntN(4))
	if kind == waitTask && task == 1 || n == 5 {
		kind = waitYield
	}
	if n == 6 {
		kind = waitEnd
	}
	w := modelWait{kind: kind, d: duration(r), future: r.IntN(p.futures)}
	if task > 1 {
		w.task = 1 + r.IntN(task-1) // so that there are no circles
	}
	return w
}

// waited is called with the outcome; it says whether the task goes on.
func (p *program) waited(task, n int, err error) (goes bool) {
	outcome := "ok"
	if errors.Is(err, context.Canceled) {
		outcome = "canceled"
	} else if errors.Is(err, rt.ErrTaskCanceled) {
		outcome = "other canceled"
	} else if err != nil {
		outcome = err.Error()
	}
	p.log("task %d.%d %s", task, n, outcome)
	r := p.random(fmt.Sprint("waited", task, ".", n))
	p.deeds(r, r.IntN(3))
	return err == nil || r.IntN(2) == 0
}

func TestF25_LoopAgainstAModel(t *testing.T) {
	for seed := range uint64(*modelPrograms) {
		want := newProgram(seed)
		want.on = newModelLoop(want)
		got := newProgram(seed)
		real := newRealLoop(t, got)
		got.on = real
		expected, traced := want.play(), got.play()
		real.loop.Close()
		if !slices.Equal(expected, traced) {
			i := 0
			for i < len(expected) && i < len(traced) && expected[i] == traced[i] {
				i++
			}
			t.Fatalf("seed %d: after %q\nthe model does %q\nthe loop does  %q", seed, expected[max(0, i-8):i], expected[i:min(i+4, len(expected))], traced[i:min(i+4, len(traced))])
		}
	}
}

// realLoop is a program's deeds on a loop of this package.
type realLoop struct {
	t         testing.TB
	p         *program
	loop      *rt.Loop
	clock     *rttest.Clock
	calls     map[int]interface{ Cancel() }
	futures   []*rt.Future[int]
	callbacks map[int]*rt.Callback[*rt.Future[int]]
	tasks     map[int]*rt.Task[struct{}]
}

func newRealLoop(t testing.TB, p *program) *realLoop {
	l, clock := rttest.NewLoop(t)
	return &realLoop{t: t, p: p, loop: l, clock: clock, calls: map[int]interface{ Cancel() }{}, callbacks: map[int]*rt.Callback[*rt.Future[int]]{}, tasks: map[int]*rt.Task[struct{}]{}}
}

func (l *realLoop) now() time.Duration { return l.clock.Now() }
func (l *realLoop) stop()              { l.loop.Stop() }

func (l *realLoop) run() {
	end := l.loop.CallLater(time.Hour, l.loop.Stop)
	if err := l.loop.Run(); err != nil {
		l.t.Error(err)
	}
	end.Cancel()
}

func (l *realLoop) callSoon(n int) { l.calls[n] = l.loop.CallSoon(func() { l.p.call(n) }) }

func (l *realLoop) callLater(n int, d time.Duration) {
	l.calls[n] = l.loop.CallLater(d, func() { l.p.call(n) })
}

// post posts from another goroutine.
func (l *realLoop) post(n int) {
	posted := make(chan error)
	go func() { posted <- l.loop.Post(func() { l.p.call(n) }) }()
	if err := <-posted; err != nil {
		l.t.Error(err)
	}
}

func (l *realLoop) cancelCall(n int) {
	if c := l.calls[n]; c != nil {
		c.Cancel()
	}
}

func (l *realLoop) newFuture() { l.futures = append(l.futures, rt.NewFutureOn[int](l.loop)) }

func (l *realLoop) setFuture(f int, err error) {
	done := l.futures[f].Done()
	var e error
	if err != nil {
		e = l.futures[f].SetError(err)
	} else {
		e = l.futures[f].SetResult(f)
	}
	if done != (e == rt.ErrInvalidState) {
		l.t.Errorf("set of a future, done %v: %v", done, e)
	}
}

func (l *realLoop) cancelFuture(f int) {
	if done := l.futures[f].Done(); l.futures[f].Cancel(nil) == done {
		l.t.Errorf("cancel of a future, done %v, says %v", done, !done)
	}
}

func (l *realLoop) addDoneCallback(f, n int) {
	l.callbacks[n] = l.futures[f].AddDoneCallback(func(of *rt.Future[int]) {
		if of != l.futures[f] || !of.Done() {
			l.t.Error("called with something else")
		}
		l.p.call(n)
	})
}

func (l *realLoop) removeDoneCallback(f, n int) {
	if cb := l.callbacks[n]; cb != nil {
		l.p.log("removed %d", l.futures[f].RemoveDoneCallback(cb))
	}
}

func (l *realLoop) cancelTask(n int) { l.p.log("cancels %v", l.tasks[n].Cancel(nil)) }

func (l *realLoop) spawn(n int) {
	co := &modelTask{on: l, task: n}
	co.Visible()
	l.tasks[n] = rt.SpawnOn[struct{}](l.loop, co)
}

// modelTask is a task of a program as a coroutine.
type modelTask struct {
	rt.Frame
	on   *realLoop
	task int
	n    int // of the step
	wait modelWait
	end  func() error // reads the outcome of what is awaited
}

func (co *modelTask) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *modelTask) Result() (struct{}, error)                    { co.Check(); return struct{}{}, nil }

func (co *modelTask) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter() > 0 {
		goto awaited
	}
next:
	co.wait = co.on.p.wait(co.task, co.n)
	if co.wait.kind == waitEnd {
		return co.End()
	}
	if !co.begin(fb) {
		return co.Suspend(1)
	}
awaited:
	if !co.on.p.waited(co.task, co.n, co.end()) {
		return co.End()
	}
	co.n++
	goto next
}

// begin begins what the step awaits.
func (co *modelTask) begin(fb *rt.Fiber) (ready bool) {
	switch co.wait.kind {
	case waitYield:
		return begin(co, fb, rt.YieldNowAsync())
	case waitSleep:
		return begin(co, fb, rt.SleepAsync(co.wait.d))
	case waitFuture:
		return begin(co, fb, co.on.futures[co.wait.future].WaitAsync())
	}
	return begin(co, fb, co.on.tasks[co.wait.task].WaitAsync())
}

func begin[T any](co *modelTask, fb *rt.Fiber, aw rt.Awaitable[T]) (ready bool) {
	co.end = func() error { _, err := aw.Result(); return err }
	return aw.Start(fb, co)
}
