package harness

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

// A Program is one function of the suite in both forms.
type Program struct {
	Name  string
	plain func(w *World) (any, error)
	async func(w *World) (any, error)
	hand  func(w *World) (any, error) // the generated form driven by hand; nil for generators
}

// New makes a Program of a function and its async form.
func New[T any](name string, plain func(*World) (T, error), async func(*World) rt.Awaitable[T]) Program {
	return Program{
		Name: name,
		plain: func(w *World) (any, error) {
			return rt.Run(func() (T, error) {
				t := rt.Spawn(func() (T, error) { return plain(w) })
				w.cancel = t.Cancel
				return t.Wait()
			})
		},
		async: func(w *World) (any, error) {
			return rt.RunAsync(start(w, async))
		},
		hand: func(w *World) (any, error) { return byHand(w, rt.Drive(async(w))) },
	}
}

// New0 is New for a function that returns an error alone.
func New0(name string, plain func(*World) error, async func(*World) rt.Awaitable[struct{}]) Program {
	return New(name, func(w *World) (struct{}, error) { return struct{}{}, plain(w) }, async)
}

// New2 is New for a function with two results.
func New2[A, B any](name string, plain func(*World) (A, B, error), async func(*World) rt.Awaitable[rt.Pair[A, B]]) Program {
	return New(name, func(w *World) (p rt.Pair[A, B], err error) {
		p.First, p.Second, err = plain(w)
		return p, err
	}, async)
}

// New3 is New for a function with three results.
func New3[A, B, C any](name string, plain func(*World) (A, B, C, error), async func(*World) rt.Awaitable[rt.Triple[A, B, C]]) Program {
	return New(name, func(w *World) (p rt.Triple[A, B, C], err error) {
		p.First, p.Second, p.Third, err = plain(w)
		return p, err
	}, async)
}

// A starter spawns the program as a task of its own, as the plain form does,
// so that a script can cancel it, and awaits it.
type starter[T any] struct {
	rt.Frame
	w     *World
	async func(*World) rt.Awaitable[T]
	wait  rt.Awaitable[T]

	result T
	err    error
}

func start[T any](w *World, async func(*World) rt.Awaitable[T]) rt.Awaitable[T] {
	co := &starter[T]{w: w, async: async}
	co.Visible()
	return co
}

func (co *starter[T]) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }

func (co *starter[T]) Resume(fb *rt.Fiber) bool {
	if co.Enter() == 0 {
		t := rt.SpawnIn(fb, func() rt.Awaitable[T] { return co.async(co.w) })
		co.w.cancel = t.Cancel
		co.wait = t.WaitAsync()
		if !co.wait.Start(fb, co) {
			return co.Suspend(1)
		}
	}
	co.result, co.err = co.wait.Result()
	return co.End()
}

func (co *starter[T]) Result() (T, error) {
	co.Check()
	return co.result, co.err
}

// observe runs one form and says all that could be seen of it.
func observe(script Script, run func(w *World) (any, error)) (count int, seen []string) {
	w := &World{script: script, cancel: func(error) bool { return false }}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		returned := false
		defer func() {
			if returned {
				return
			}
			if p := recover(); p != nil {
				w.trace = append(w.trace, "panic "+describe(p))
			} else {
				w.trace = append(w.trace, "goexit")
			}
		}()
		v, err := run(w)
		returned = true
		w.trace = append(w.trace, fmt.Sprintf("returned %+v, %s", v, Show(err)))
	}()
	<-ended
	return w.count, w.trace
}

// describe says what a panic's value is.
func describe(p any) string {
	var re runtime.Error
	if err, ok := p.(error); ok && errors.As(err, &re) {
		return "runtime error: " + strings.TrimPrefix(re.Error(), "runtime error: ")
	}
	return fmt.Sprintf("%T %v", p, p)
}

// Test runs a program under every script in both forms.
func Test(t *testing.T, p Program) {
	count, seen := observe(Script{K: -1}, p.plain)
	if count > mostSwept {
		t.Errorf("%s has %d operations: the sweep stops at %d", p.Name, count, mostSwept)
	}
	p.compare(t, Script{K: -1}, seen)
	for _, s := range scripts(count) {
		if _, seen := observe(s, p.plain); !p.compare(t, s, seen) {
			return // one difference is enough to read
		}
	}
}

// mostSwept bounds how many operations of a program are swept. None of the
// suite has as many where all of them succeed.
const mostSwept = 48

// scripts are those of a program with count operations.
func scripts(count int) []Script {
	list := []Script{{Others: Yield, K: -1}, {Others: Fail, K: -1}, {Others: Late, K: -1}}
	for k := range min(count, mostSwept) {
		for _, others := range []Outcome{Ready, Yield} {
			for _, at := range []Outcome{Ready, Yield, Fail, Late, Cancel, Panic} {
				if at != others {
					list = append(list, Script{others, k, at})
				}
			}
		}
		list = append(list, Script{Yield, k, Exit})
	}
	return list
}

// compare runs the generated form and compares it with what was seen of the
// plain one.
func (p Program) compare(t *testing.T, s Script, want []string) bool {
	t.Helper()
	return p.compareRun(t, s, want, p.async)
}

func (p Program) compareRun(t *testing.T, s Script, want []string, run func(*World) (any, error)) bool {
	t.Helper()
	_, got := observe(s, run)
	if slices.Equal(got, want) {
		return true
	}
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	from := max(0, i-3)
	t.Errorf("%s (%v) differs at step %d\nplain:\n\t%s\ngenerated:\n\t%s", p.Name, s, i,
		strings.Join(want[from:min(len(want), i+4)], "\n\t"), strings.Join(got[from:min(len(got), i+4)], "\n\t"))
	return false
}
