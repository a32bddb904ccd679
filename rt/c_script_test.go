package rt_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// The statements of CONFORMANCE are tested on scripts: tasks written down as lists of steps, so that each scenario runs in
// both forms. As a coroutine a script is a state machine, one state a step; as a plain task it is a loop around rt.Block.

// step is one step of a script: what it awaits, and what it does with the result.
type step struct {
	begin func(fb *rt.Fiber, parent rt.Resumable) (ready bool) // nil: awaits nothing
	block func()                                               // the same in a plain task
	end   func() error                                         // an error ends the script with it
}

// do is a step that runs f and awaits nothing.
func do(f func()) step {
	return step{end: func() error { f(); return nil }}
}

// fail is a step that ends the script with err.
func fail(err error) step {
	return step{end: func() error { return err }}
}

// await is a step that awaits what start returns and gives the result to then. A nil then ends the script if there is an
// error.
func await[T any](start func() rt.Awaitable[T], then func(T, error) error) step {
	var (
		aw    rt.Awaitable[T]
		value T
		err   error
	)
	return step{
		begin: func(fb *rt.Fiber, parent rt.Resumable) bool {
			aw = start()
			return aw.Start(fb, parent)
		},
		block: func() {
			v, e := rt.Block(start())
			value, err, aw = v, e, nil
		},
		end: func() error {
			if aw != nil {
				value, err = aw.Result()
			}
			if then == nil {
				return err
			}
			return then(value, err)
		},
	}
}

// yield is a step that lets the others run once.
func yield() step {
	return await(func() rt.Awaitable[struct{}] { return rt.YieldNowAsync() }, nil)
}

// script is a coroutine made of steps.
type script struct {
	rt.Frame
	steps []step
	err   error
}

func newScript(steps []step) *script {
	co := &script{steps: steps}
	co.Visible()
	return co
}

func (co *script) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }

func (co *script) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

// Where is the step at which the script is suspended, as generated coroutines have the line.
func (co *script) Where() string {
	lines := []string{"start"}
	for i := range co.steps {
		lines = append(lines, fmt.Sprint("step ", i+1))
	}
	return co.Position(lines...)
}

func (co *script) Resume(fb *rt.Fiber) (done bool) {
	state := int(co.Enter())
	if state > 0 {
		goto awaited
	}
next:
	if state == len(co.steps) {
		return co.End()
	}
	state++
	if s := co.steps[state-1]; s.begin != nil && !s.begin(fb, co) {
		return co.Suspend(int32(state))
	}
awaited:
	if co.err = co.steps[state-1].end(); co.err != nil {
		return co.End()
	}
	goto next
}

// plainScript runs steps as a plain function.
func plainScript(steps []step) (struct{}, error) {
	for _, s := range steps {
		if s.block != nil {
			s.block()
		}
		if err := s.end(); err != nil {
			return struct{}{}, err
		}
	}
	return struct{}{}, nil
}

// world is where a scenario runs: a loop on a fake clock, a trace, and one of the two forms.
type world struct {
	testing.TB
	loop   *rt.Loop
	clock  *rttest.Clock
	poller *rttest.Poller
	plain  bool
	trace  []string
	lines  []func() int // how many stand in the lines that must be empty when a sweep has ended
}

// inBothForms runs scenario once with coroutines and once with plain tasks.
func inBothForms(t *testing.T, scenario func(w *world)) {
	for _, form := range []string{"coroutine", "plain"} {
		t.Run(form, func(t *testing.T) {
			w := newWorld(t)
			w.plain = form == "plain"
			scenario(w)
		})
	}
}

func newWorld(t *testing.T) *world {
	loop, clock := rttest.NewLoop(t)
	return &world{TB: t, loop: loop, clock: clock, poller: loop.Poller().(*rttest.Poller)}
}

// awaitable returns steps in the world's form.
func (w *world) awaitable(steps ...step) rt.Awaitable[struct{}] {
	if w.plain {
		return rt.PlainAsync(func() (struct{}, error) { return plainScript(steps) })
	}
	return newScript(steps)
}

// spawn makes a task of steps.
func (w *world) spawn(steps ...step) *rt.Task[struct{}] {
	return rt.SpawnOn(w.loop, w.awaitable(steps...))
}

// run runs the loop until task has ended and returns its error.
func (w *world) run(task *rt.Task[struct{}]) error {
	_, err := rt.RunUntil(w.loop, task)
	return err
}

// turns runs n iterations of the loop, each with a poll that does not block (statement 010).
func (w *world) turns(n int) {
	w.Helper()
	for range n {
		w.loop.Stop()
		if err := w.loop.Run(); err != nil {
			w.Fatalf("a turn of the loop: %v", err)
		}
	}
}

// log appends to the trace.
func (w *world) log(format string, args ...any) {
	w.trace = append(w.trace, fmt.Sprintf(format, args...))
}

// logs returns a function that appends to the trace.
func (w *world) logs(format string, args ...any) func() {
	return func() { w.log(format, args...) }
}

// says is a step that appends to the trace.
func (w *world) says(format string, args ...any) step {
	return do(w.logs(format, args...))
}

// traced checks the trace so far, entries separated by blanks, and empties it.
func (w *world) traced(want string) {
	w.Helper()
	if got := w.trace; !slices.Equal(got, strings.Fields(want)) {
		w.Errorf("trace\n got %s\nwant %s", strings.Join(got, " "), want)
	}
	w.trace = nil
}

// misuse returns what f panics with, which must be a rt.Misuse.
func misuse(t testing.TB, f func()) (m rt.Misuse) {
	t.Helper()
	defer func() {
		t.Helper()
		p := recover()
		var ok bool
		if m, ok = p.(rt.Misuse); !ok {
			t.Errorf("panicked with %v (%[1]T), want a rt.Misuse", p)
		}
	}()
	f()
	return ""
}
