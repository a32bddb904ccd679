package rt

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// coro is a coroutine whose body is a closure over its state, shaped as generated code is: with Leave if it defers.
type coro struct {
	Frame
	Defers
	body   func(co *coro, fb *Fiber, state int32) (done bool)
	defers bool

	result int
	err    error

	child  *coro
	future FutureWaitOp[int]
	task   TaskWaitOp[int]
	sleep  SleepOp
	yield  YieldNowOp
	stub   stubborn
}

// newCoro returns a call whose body ends with co.End().
func newCoro(body func(co *coro, fb *Fiber, state int32) bool) *coro {
	co := &coro{body: body}
	co.Visible()
	return co
}

// newDeferring returns a call whose body may defer and ends with true.
func newDeferring(body func(co *coro, fb *Fiber, state int32) bool) *coro {
	co := newCoro(body)
	co.defers = true
	return co
}

// embedded makes co as if it were a field of its caller's frame.
func embedded(co *coro) *coro {
	co.Reset()
	return co
}

func (co *coro) Resume(fb *Fiber) (done bool) {
	state := co.Enter()
	if co.defers {
		return co.resumeDeferring(fb, state)
	}
	return co.body(co, fb, state)
}

func (co *coro) resumeDeferring(fb *Fiber, state int32) (done bool) {
	defer co.Leave(fb, co, &done)
	return co.body(co, fb, state)
}

func (co *coro) Start(fb *Fiber, parent Resumable) bool { return Begin(fb, co, parent) }
func (co *coro) Send() (Operation, bool)                { return Send(co) }
func (co *coro) Close() error                           { return Close(co) }

func (co *coro) Result() (int, error) {
	co.Check()
	return co.result, co.err
}

func (co *coro) Throw(err error) {
	if Throw(co, err) {
		co.err = err
	}
}

// deferCo records d, a coroutine, as a deferred literal.
func (co *coro) deferCo(d *coro) { co.DeferCo(d, func() { d.Check() }) }

// stubborn is an operation that cannot be aborted.
type stubborn struct {
	fiber *Fiber
	err   error
}

func (op *stubborn) Start(fb *Fiber, parent Resumable) bool {
	if op.err = fb.Checkpoint(); op.err != nil {
		return fb.Ready(parent)
	}
	op.fiber = fb
	fb.Suspend(parent, op)
	return false
}

func (op *stubborn) Abort(*Fiber, error) Outcome { return Refused }

func (op *stubborn) Result() (struct{}, error) { return struct{}{}, op.err }

// jumping is a clock and a poller without descriptors that jumps to the next timer.
type jumping struct{ now time.Duration }

func (j *jumping) Now() time.Duration { return j.now }
func (j *jumping) Prepare()           {}
func (j *jumping) Wake()              {}
func (j *jumping) Close() error       { return nil }

func (j *jumping) Wait(timeout time.Duration) error {
	if timeout < 0 {
		panic("the loop would wait for ever")
	}
	j.now += timeout
	return nil
}

// stage is a loop on a jumping clock, a trace, and the failures that nobody saw.
type stage struct {
	testing.TB
	*Loop
	trace     []string
	unhandled []*Failure
}

func newStage(t testing.TB) *stage {
	s := &stage{TB: t}
	j := new(jumping)
	l, err := NewLoop(LoopOptions{Poller: j, Clock: j, Unhandled: func(x *Failure) { s.unhandled = append(s.unhandled, x) }})
	if err != nil {
		t.Fatal(err)
	}
	s.Loop = l
	return s
}

// idle reports whether nothing is ready and no timer is set.
func (s *stage) idle() bool {
	_, timer := s.timers.earliest()
	return s.ready.empty() && !timer
}

// settle runs the loop until it is idle.
func (s *stage) settle() {
	s.Helper()
	if s.idle() {
		return
	}
	if err := s.Loop.run(s.idle, nil); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) log(format string, args ...any) {
	s.trace = append(s.trace, fmt.Sprintf(format, args...))
}

// traced checks the trace and empties it.
func (s *stage) traced(want ...string) {
	s.Helper()
	if !slices.Equal(s.trace, want) {
		s.Errorf("trace\n got %s\nwant %s", strings.Join(s.trace, " | "), strings.Join(want, " | "))
	}
	s.trace = nil
}

// panicOf returns what f panics with, nil if it does not.
func panicOf(f func()) (p any) {
	defer func() { p = recover() }()
	f()
	return nil
}

// misuse returns the message of the Misuse that f panics with, without the prefix, up to the colon before the cure.
func misuse(t testing.TB, f func()) string {
	t.Helper()
	m, ok := panicOf(f).(Misuse)
	if !ok {
		t.Errorf("no Misuse")
		return ""
	}
	what, _, _ := strings.Cut(strings.TrimPrefix(string(m), "rt: "), ":")
	return what
}
