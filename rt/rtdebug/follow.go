package rtdebug

import (
	"context"
	"runtime/pprof"
	"runtime/trace"

	"github.com/goasync/goasync/rt"
)

// Follow has profiles and execution traces tell the tasks of l apart, until stop is called: what a task does has the pprof label
// task with its name, and, while a trace is taken, is a region of that name. Both functions belong to the loop's goroutine; Follow
// takes the place of rt.Loop.SetTrace and makes every step slower. The goroutines of plain tasks are not followed.
func Follow(l *rt.Loop) (stop func()) {
	f := new(follower)
	l.SetTrace(f.event)
	return func() {
		l.SetTrace(nil)
		f.leave()
	}
}

// follower marks what the loop's goroutine does.
type follower struct {
	region *trace.Region // of the step under way, if a trace is taken
}

func (f *follower) event(e rt.TraceEvent) {
	switch e.Kind {
	case rt.TraceResume:
		f.leave()
		name := e.Fiber.Name()
		ctx := pprof.WithLabels(context.Background(), pprof.Labels("task", name))
		pprof.SetGoroutineLabels(ctx)
		if trace.IsEnabled() {
			f.region = trace.StartRegion(ctx, name)
		}
	case rt.TraceWait:
		f.leave()
	}
}

// leave ends the step under way.
func (f *follower) leave() {
	pprof.SetGoroutineLabels(context.Background())
	if f.region != nil {
		f.region.End()
		f.region = nil
	}
}
