package rt_test

import (
	"context"
	"slices"
	"time"

	"github.com/goasync/goasync/rt"
)

// modelLoop is what a loop does, written without any care for time and memory, from the statements of CONFORMANCE. Whatever is ready
// is a function in one list.
type modelLoop struct {
	p        *program
	clock    time.Duration
	ready    []func()
	posted   []func()
	timers   []*modelTimer // by (when, order of creation)
	stopping bool

	handles   map[int]*modelTimer // of calls that can be cancelled; nil if they were to be called soon
	callbacks map[int]bool        // of calls: waits for a future
	cancelled map[int]bool        // of calls
	futures   []*modelFuture
	tasks     map[int]*modelledTask
	current   *modelledTask // that runs
}

type modelTimer struct {
	when time.Duration
	f    func()
}

type modelFuture struct {
	done bool
	err  error
	line []*inLine
}

// inLine is who waits for a future or a task: a call or a task.
type inLine struct {
	call int
	wake func()
}

func newModelLoop(p *program) *modelLoop {
	return &modelLoop{p: p, handles: map[int]*modelTimer{}, callbacks: map[int]bool{}, cancelled: map[int]bool{}, tasks: map[int]*modelledTask{}}
}

func (l *modelLoop) now() time.Duration { return l.clock }
func (l *modelLoop) stop()              { l.stopping = true }

func (l *modelLoop) run() {
	end := l.at(l.clock+time.Hour, func() { l.soon(l.stop) })
	for ended := false; !ended; ended = l.stopping {
		l.turn()
	}
	l.stopping = false
	l.drop(end)
}

// turn: posts, then the wait, then timers, then what is ready now.
func (l *modelLoop) turn() {
	l.letIn()
	if !l.stopping && len(l.ready) == 0 {
		l.clock = max(l.clock, l.timers[0].when)
	}
	for len(l.timers) > 0 && l.timers[0].when <= l.clock {
		t := l.timers[0]
		l.drop(t)
		t.f()
	}
	for range len(l.ready) {
		f := l.ready[0]
		l.ready = l.ready[1:]
		f()
	}
}

// letIn puts what was posted behind what is ready. That happens before anything new is scheduled, but not when somebody is woken.
func (l *modelLoop) letIn() {
	l.ready = append(l.ready, l.posted...)
	l.posted = nil
}

func (l *modelLoop) soon(f func()) {
	l.letIn()
	l.ready = append(l.ready, f)
}

func (l *modelLoop) at(when time.Duration, f func()) *modelTimer {
	t := &modelTimer{when, f}
	i := len(l.timers)
	for i > 0 && l.timers[i-1].when > when {
		i--
	}
	l.timers = slices.Insert(l.timers, i, t)
	return t
}

func (l *modelLoop) drop(t *modelTimer) {
	l.timers = slices.DeleteFunc(l.timers, func(o *modelTimer) bool { return o == t })
}

// call is a function as it stands in a queue: it may be cancelled until it is called.
func (l *modelLoop) call(n int) func() {
	return func() {
		if !l.cancelled[n] {
			l.p.call(n)
		}
	}
}

func (l *modelLoop) post(n int) { l.posted = append(l.posted, l.call(n)) }

func (l *modelLoop) callSoon(n int) {
	l.handles[n] = nil
	l.soon(l.call(n))
}

func (l *modelLoop) callLater(n int, d time.Duration) {
	l.handles[n] = l.at(l.clock+d, func() { l.soon(l.call(n)) })
}

func (l *modelLoop) cancelCall(n int) {
	if t, ok := l.handles[n]; ok {
		l.cancelled[n] = true
		l.drop(t)
	}
}

func (l *modelLoop) newFuture() { l.futures = append(l.futures, new(modelFuture)) }

func (l *modelLoop) setFuture(n int, err error) {
	if f := l.futures[n]; !f.done {
		f.done, f.err = true, err
		wakeLine(&f.line)
	}
}

func (l *modelLoop) cancelFuture(n int) { l.setFuture(n, context.Canceled) }

func wakeLine(line *[]*inLine) {
	for _, w := range *line {
		w.wake()
	}
	*line = nil
}

func (l *modelLoop) addDoneCallback(n, call int) {
	l.callbacks[call] = true
	wake := func() { l.ready = append(l.ready, l.call(call)) }
	if f := l.futures[n]; f.done {
		wake()
	} else {
		f.line = append(f.line, &inLine{call: call, wake: wake})
	}
}

func (l *modelLoop) removeDoneCallback(n, call int) {
	if !l.callbacks[call] {
		return
	}
	f := l.futures[n]
	before := len(f.line)
	f.line = slices.DeleteFunc(f.line, func(w *inLine) bool { return w.call == call })
	l.p.log("removed %d", before-len(f.line))
}

// modelledTask is a task: what it waits for, and what has been thrown into it.
type modelledTask struct {
	on      *modelLoop
	number  int
	n       int // of the step
	ended   bool
	err     error // it has ended with
	line    []*inLine
	abort   func()       // ends what it waits for; nil if it is ready or runs
	outcome func() error // of what it has waited for
	aborted error        // by a cancel
	thrown  bool         // it is ready because of a cancel
	pending bool         // a cancel is for what it awaits next
	self    bool         // that is its own
	passed  bool         // a cancel went on to the task that it waits for
}

func (l *modelLoop) spawn(n int) {
	t := &modelledTask{on: l, number: n}
	l.tasks[n] = t
	l.soon(t.run)
}

func (l *modelLoop) cancelTask(n int) { l.p.log("cancels %v", l.tasks[n].cancel()) }

func (t *modelledTask) cancel() bool {
	switch {
	case t.ended:
		return false
	case t.abort != nil:
		t.abort()
		t.thrown = t.abort == nil // woken by it
	case !t.thrown:
		t.pending = true
		t.self = t.on.current == t
	}
	return true
}

func (t *modelledTask) wake() {
	t.abort = nil
	t.on.ready = append(t.on.ready, t.resume)
}

func (t *modelledTask) resume() {
	t.on.current = t
	defer func() { t.on.current = nil }()
	t.thrown = false
	err := t.aborted
	if t.aborted = nil; err == nil {
		err = t.outcome()
	}
	if t.goesOn(err) {
		t.run()
	}
}

// goesOn reports whether there are more steps after one with this outcome.
func (t *modelledTask) goesOn(err error) bool {
	if t.on.p.waited(t.number, t.n, err) {
		t.n++
		return true
	}
	t.end()
	return false
}

func (t *modelledTask) end() {
	if t.pending && t.self {
		t.err = context.Canceled
	}
	t.ended = true
	wakeLine(&t.line)
}

// run makes steps until one waits.
func (t *modelledTask) run() {
	t.on.current = t
	defer func() { t.on.current = nil }()
	for {
		w := t.on.p.wait(t.number, t.n)
		if w.kind == waitEnd {
			t.end()
			return
		}
		t.outcome = func() error { return nil }
		if t.pending {
			t.pending, t.self = false, false
			t.outcome = func() error { return context.Canceled }
		} else if t.begin(w) {
			return
		}
		if !t.goesOn(t.outcome()) {
			return
		}
	}
}

// begin reports whether the task must wait.
func (t *modelledTask) begin(w modelWait) (waits bool) {
	l := t.on
	switch {
	case w.kind == waitYield, w.kind == waitSleep && w.d <= 0:
		t.wake()
	case w.kind == waitSleep:
		timer := l.at(l.clock+w.d, t.wake)
		t.abort = func() { l.drop(timer); t.aborted = context.Canceled; t.wake() }
	case w.kind == waitFuture:
		f := l.futures[w.future]
		t.outcome = func() error { return f.err }
		if f.done {
			return false
		}
		f.line = append(f.line, &inLine{wake: t.wake})
		t.abort = func() { t.aborted = context.Canceled; l.cancelFuture(w.future) }
	case w.kind == waitTask:
		other := l.tasks[w.task]
		t.passed = false
		t.outcome = func() error {
			if other.err != nil && !t.passed {
				return rt.ErrTaskCanceled
			}
			if t.passed && other.err == nil && other.pending { // it has ended before it met the cancel
				t.pending = true
			}
			return other.err
		}
		if other.ended {
			return false
		}
		other.line = append(other.line, &inLine{wake: t.wake})
		t.abort = func() { t.passed = true; other.cancel() }
	}
	return true
}
