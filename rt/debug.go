package rt

import (
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"
)

// Debug mode. A loop is in it if LoopOptions.Debug says so, or the environment variable GOASYNCDEBUG, which covers all loops of the
// program. It reports, through log/slog:
//
//   - steps of tasks, with the awaits between which they were, and callbacks, that keep the loop from everything else for long (statement
//     244);
//   - errors that tasks and futures ended with and nobody has read, when what has the error is collected, or else when the loop closes;
//     and the errors of a group that ends by a panic, which nobody gets (statement 053);
//   - loops that were not closed (statement 016), and with GOASYNCDEBUG calls that were made and never awaited (statement 246).
//
// It panics with Misuse where what belongs to the loop is changed on another goroutine, that of another loop or of none, while the loop
// runs (statements 021, 054, 168): calls are scheduled, tasks spawned or cancelled, futures set, locks, queues and the like used, and
// timers cancelled. To look, as by Len or Done, is not checked, nor is Handle.Cancel, which does not know its loop. Outside debug mode
// operations that are awaited are checked, and the race detector sees the rest.
//
// Tasks have their age, and where they were spawned, in dumps.
//
// Outside it, all this costs one comparison where a task is spawned and where it ends; where tasks switch there is none that tracing
// did not need.

// defaultSlow is the shortest step that is reported as slow, as in asyncio.
const defaultSlow = 100 * time.Millisecond

// debugAll says that all loops are in debug mode.
var debugAll = os.Getenv("GOASYNCDEBUG") != "" && os.Getenv("GOASYNCDEBUG") != "0"

// debugMode is what a loop in debug mode has besides.
type debugMode struct {
	loop *Loop
	log  *slog.Logger
	slow time.Duration

	step  step // that is under way
	state *closing
	lost  *lostErrors
}

// step is one resumption of a fiber, or one callback.
type step struct {
	fiber *Fiber // nil for a callback
	from  string // where it began
	began time.Duration
	on    bool
}

// newDebug puts l into debug mode.
func newDebug(l *Loop, opts LoopOptions) *debugMode {
	d := &debugMode{loop: l, log: opts.Log, slow: opts.SlowStep}
	if d.log == nil {
		d.log = slog.Default()
	}
	d.lost = &lostErrors{log: d.log, at: make(map[uintptr]*lostError)}
	if d.slow <= 0 {
		d.slow = defaultSlow
	}
	d.state = &closing{log: d.log, made: caller().String()}
	runtime.AddCleanup(l, (*closing).collected, d.state)
	return d
}

// closing is what outlives a loop that is collected.
type closing struct {
	log    *slog.Logger
	made   string
	closed atomic.Bool
}

func (c *closing) collected() {
	if !c.closed.Load() {
		c.log.Warn("rt: a loop was not closed: call Close when it has run for the last time", "made", c.made)
	}
}

// observe is called before each step of l while somebody watches: fb is about to be resumed, or, if it is nil, the first call of
// the ready queue made.
func (l *Loop) observe(fb *Fiber) {
	if l.debug != nil {
		l.debug.begin(fb)
	}
	if l.trace != nil {
		l.traceStep(fb)
	}
}

// observeTurn is called before each turn.
func (l *Loop) observeTurn() {
	if l.debug != nil {
		l.debug.end()
	}
	l.Trace(TraceEvent{Kind: TraceTurn})
}

// observeSpawn is called when fb is made.
func (l *Loop) observeSpawn(fb *Fiber) {
	if l.debug != nil {
		l.debug.spawned(fb)
	}
	l.Trace(TraceEvent{Kind: TraceSpawn, Fiber: fb, Parent: l.Current()})
}

// observeEnd is called when fb has ended.
func (l *Loop) observeEnd(fb *Fiber) { l.Trace(TraceEvent{Kind: TraceEnd, Fiber: fb}) }

// observeWake is called when fb is woken.
func (l *Loop) observeWake(fb *Fiber) {
	if l.debug != nil {
		l.debug.here("a wake-up of a task, as by SetResult,")
	}
	if l.trace != nil {
		l.traceWake(fb)
	}
}

// begin ends the step before and begins the next.
func (d *debugMode) begin(fb *Fiber) {
	d.end()
	d.step = step{fiber: fb, began: d.loop.clock.Now(), on: true}
	switch {
	case fb == nil:
		d.step.from = d.loop.ready.calls.list[d.loop.ready.calls.head].where()
	case fb.flags&fiberCallback != 0:
		d.step.fiber = nil
		d.step.from = fb.leaf.(entryPoint).where()
	default:
		d.step.from = fb.position()
	}
}

// end ends the step under way and reports it if it was slow.
func (d *debugMode) end() {
	s := d.step
	if !s.on {
		return
	}
	d.step = step{}
	took := d.loop.clock.Now() - s.began
	switch {
	case took < d.slow:
	case s.fiber == nil:
		d.log.Warn("rt: a callback kept the loop from everything else: give what blocks to rt.Blocking", "took", took, "callback", s.from)
	default:
		to := "its end"
		if s.fiber.flags&fiberEnded == 0 {
			to = s.fiber.position()
		}
		d.log.Warn("rt: a task kept the loop from everything else: give what blocks to rt.Blocking, or await rt.YieldNow",
			"took", took, "task", s.fiber.Name(), "from", s.from, "to", to)
	}
}

// position returns where fb, which does not run, is: in the innermost function of generated code, or where the code of a plain task
// waits. What is neither is known by who spawned it.
func (fb *Fiber) position() string {
	n := 0
	for co := range fb.calls {
		if c, ok := co.(located); ok {
			return Call{Func: shortType(co), Position: c.Where()}.String()
		}
		if p, ok := co.(interface{ task() *plainTask }); ok && p.task().waits != (Call{}) {
			return p.task().waits.String()
		}
		if n++; n == maxStack {
			break
		}
	}
	return "what was spawned in " + fb.notes().made
}

// entryPoint is a callback that knows what it calls.
type entryPoint interface{ where() string }

func (h *Handle) where() string          { return functionAt(h.f) }
func (t *Timer) where() string           { return functionAt(t.f) }
func (f posted) where() string           { return functionAt(f) }
func (r *registration[F]) where() string { return functionAt(r.callback.f) }

// functionAt names the function f and where it is declared.
func functionAt(f any) string {
	v := reflect.ValueOf(f)
	if v.IsNil() {
		return "nothing"
	}
	fn := runtime.FuncForPC(v.Pointer())
	file, line := fn.FileLine(fn.Entry())
	return Call{filepath.Base(fn.Name()), filepath.Base(file) + ":" + strconv.Itoa(line)}.String()
}

// caller returns the innermost function on the stack that is none of this package, where it is called from one.
func caller() Call { return callers(1)[0] }

// callers returns up to n of them.
func callers(n int) (calls []Call) {
	var pcs [maxStack]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		if !ours(f.Function, f.File) || !more {
			calls = append(calls, callAt(f))
		}
		if len(calls) == n || !more {
			return calls
		}
	}
}

// check panics in debug mode if the method what of something that belongs to l is called on a goroutine that is not l's, while that runs.
// A nil loop is that of something which belongs to none yet.
func (l *Loop) check(what string) {
	if l != nil && l.debug != nil {
		l.debug.here(what)
	}
}

// here panics if the calling goroutine is not the loop's, while that runs.
func (d *debugMode) here(what string) {
	if d.loop.running.Load() && here().loop != d.loop {
		panic(Misuse("rt: " + what + " on a goroutine that is not the loop's: use Loop.Post"))
	}
}

// suspect reports that no task can run, where somebody has asked for the loop who may Post to it, or may not.
func (d *debugMode) suspect() {
	d.log.Warn("rt: no task can run until somebody posts to the loop: if nobody will, it is a deadlock", "tasks", d.loop.snapshot().String())
}

// spawned notes when and where fb was spawned.
func (d *debugMode) spawned(fb *Fiber) {
	n := fb.notes()
	n.born, n.timed = d.loop.clock.Now(), true
	n.made = caller().String()
}

// close reports what was lost on a loop that is being closed.
func (d *debugMode) close() {
	d.end()
	d.state.closed.Store(true)
	d.lost.close()
}
