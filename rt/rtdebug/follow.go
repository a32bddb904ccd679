package rtdebug

import (
	"context"
	"runtime/pprof"
	"runtime/trace"
	"sync"

	"github.com/goasync/goasync/rt"
)

// Follow has profiles and execution traces tell the tasks of l apart, until stop is called.
//
//   - What a task does has the pprof label task with its name, and so have the goroutines that it starts.
//   - While a trace is taken, a task is a user-defined task of the trace, of its name and inside the one that spawned it if that was
//     followed, and each of its steps is a region in it: "User-defined tasks" of go tool trace shows how long tasks of a name take,
//     and when they ran. What begins before the trace is part of it from its next step on, and belongs to no other task.
//   - Callbacks, what timers call and the work of the loop itself belong to no task.
//
// A plain task is followed if Follow was called before its first step: its goroutine takes over the label that it is started under, for
// good, since Go labels no goroutine from outside. Its regions stand in the row of the loop's goroutine, which waits meanwhile.
//
// ctx has the labels, and the trace's task, that the goroutine of l has besides, before and after: those of the pprof.Do around Follow,
// or context.Background(), as Go does not tell what labels a goroutine has. So what a task labels itself, it labels up to its next await.
//
// Both functions belong to the loop's goroutine; Follow takes the place of rt.Loop.SetTrace and makes every step slower.
//
//	pprof.Do(ctx, pprof.Labels("service", "billing"), func(ctx context.Context) {
//		defer rtdebug.Follow(ctx, loop)()
//		loop.Run()
//	})
func Follow(ctx context.Context, l *rt.Loop) (stop func()) {
	f := &follower{ctx: ctx, tasks: make(map[*rt.Fiber]*followed)}
	l.SetTrace(f.event)
	return sync.OnceFunc(func() { // else a second one would end what has followed
		l.SetTrace(nil)
		f.leave()
		for _, t := range f.tasks {
			t.end()
		}
	})
}

// follower marks what the loop's goroutine does.
type follower struct {
	ctx    context.Context         // what the goroutine belongs to between tasks
	tasks  map[*rt.Fiber]*followed // that have not ended
	region *trace.Region           // of the step under way, if a trace is taken
	traces int                     // how many traces were taken, as far as steps have met them
	traced bool                    // one is being taken

	over  *rt.Fiber // the task that has ended in this step
	ended *followed // the same
}

// followed is one task.
type followed struct {
	name     string
	labelled context.Context // with the label of that name; nil before the first step
	by       context.Context // of the task that spawned it, in the trace; nil for none
	inTrace  context.Context // of the task itself; nil if it has made no step in a trace
	task     *trace.Task     // the same; nil after its end
	trace    int             // which trace they are of
}

func (f *follower) event(e rt.TraceEvent) {
	switch e.Kind {
	case rt.TraceSpawn:
		f.spawned(e.Fiber, e.Parent)
	case rt.TraceResume:
		f.leave()
		f.enter(e.Fiber)
	case rt.TraceEnd:
		f.leave()
		f.over, f.ended = e.Fiber, f.tasks[e.Fiber]
		if f.ended != nil {
			f.ended.end()
			delete(f.tasks, e.Fiber)
		}
	case rt.TraceCall, rt.TraceTurn, rt.TraceWait:
		f.leave()
	}
}

// spawned notes who has made a task. One that has ended has made room for it, as in rt.Map: then they belong to the same.
func (f *follower) spawned(fb, parent *rt.Fiber) {
	t := &followed{trace: f.traces}
	f.tasks[fb] = t
	if p := f.tasks[parent]; p != nil && p.in(f.traces) {
		t.by = p.inTrace
	} else if parent == f.over && f.ended != nil && f.ended.in(f.traces) {
		t.by = f.ended.by
	}
}

// enter begins a step of fb.
func (f *follower) enter(fb *rt.Fiber) {
	t := f.tasks[fb]
	if t == nil { // made before Follow
		t = new(followed)
		f.tasks[fb] = t
	}
	if name := fb.Name(); t.labelled == nil || t.name != name {
		t.name, t.labelled = name, pprof.WithLabels(f.ctx, pprof.Labels("task", name))
	}
	pprof.SetGoroutineLabels(t.labelled)
	was := f.traced
	if f.traced = trace.IsEnabled(); !f.traced {
		return
	}
	if !was {
		f.traces++
	}
	if !t.in(f.traces) {
		t.begin(f.ctx, f.traces)
	}
	f.region = trace.StartRegion(t.inTrace, t.name)
}

// leave ends the step under way.
func (f *follower) leave() {
	pprof.SetGoroutineLabels(f.ctx)
	if f.region != nil {
		f.region.End()
		f.region = nil
	}
	f.over, f.ended = nil, nil
}

// in reports whether t is a task of that trace.
func (t *followed) in(trace int) bool { return t.inTrace != nil && t.trace == trace }

// begin makes t a task of a trace, inside the one that has spawned it, or else in that of ctx.
func (t *followed) begin(ctx context.Context, number int) {
	if t.trace != number {
		t.by = nil // of another trace
	}
	if t.by != nil {
		ctx = t.by
	}
	t.inTrace, t.task = trace.NewTask(ctx, t.name)
	t.trace = number
}

// end ends t as a task of the trace.
func (t *followed) end() {
	if t.task != nil {
		t.task.End()
		t.task = nil
	}
}
