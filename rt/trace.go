package rt

import "fmt"

// TraceKind says what a TraceEvent reports.
type TraceKind int8

// The kinds, in the order in which data on its way to a task passes them.
const (
	TraceWait   TraceKind = iota // the poller is about to wait
	TraceReady                   // a socket is ready
	TraceSet                     // the future that stands for its readiness is set
	TraceWake                    // the task that waits for it is woken
	TraceResume                  // its innermost coroutine is resumed; Detail is that coroutine's type
	TraceIO                      // data was read or written
)

// The kinds that say what the loop's goroutine is about, for who tells apart what it does (package rtdebug).
const (
	TraceTurn  TraceKind = TraceIO + 1 + iota // a turn of the loop begins: no task runs until the next TraceResume
	TraceCall                                 // a callback, a timer's function or what was posted is called
	TraceSpawn                                // a task is made, or a function of Gather, Map, Nursery and the like begun, by Parent
	TraceEnd                                  // it has ended
)

var eventNames = [...]string{"wait", "ready", "set", "wake", "resume", "io", "turn", "call", "spawn", "end"}

// String returns the kind's name in lower case.
func (k TraceKind) String() string {
	if k < 0 || int(k) >= len(eventNames) {
		return fmt.Sprintf("TraceKind(%d)", int8(k))
	}
	return eventNames[k]
}

// TraceEvent is one step of a loop's work.
type TraceEvent struct {
	Kind   TraceKind
	Fiber  *Fiber // the task concerned, nil for none
	Parent *Fiber // of a TraceSpawn: the task that ran then, nil for none; one that has just ended has made room for Fiber
	Detail string
}

// SetTrace has f called for every event, on the loop's goroutine; nil ends that. Without a trace it costs a comparison.
func (l *Loop) SetTrace(f func(TraceEvent)) {
	l.trace = f
	l.observed = f != nil || l.debug != nil
}

// Tracing reports whether Trace does anything: ask before making a TraceEvent's Detail.
func (l *Loop) Tracing() bool { return l.trace != nil }

// Trace reports e, for packages that add operations.
func (l *Loop) Trace(e TraceEvent) {
	if l.trace != nil {
		l.trace(e)
	}
}

func (l *Loop) traceWake(fb *Fiber) {
	if fb.flags&fiberCallback == 0 {
		l.trace(TraceEvent{Kind: TraceWake, Fiber: fb})
	}
}

// traceStep reports that fb is about to be resumed, or a call made if fb is nil or a callback's.
func (l *Loop) traceStep(fb *Fiber) {
	if fb == nil || fb.flags&fiberCallback != 0 {
		l.trace(TraceEvent{Kind: TraceCall})
		return
	}
	detail := ""
	if fb.leaf.Base() != nil {
		detail = fmt.Sprintf("%T", fb.leaf)
	}
	l.trace(TraceEvent{Kind: TraceResume, Fiber: fb, Detail: detail})
}
