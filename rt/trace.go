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

var eventNames = [...]string{"wait", "ready", "set", "wake", "resume", "io"}

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

func (l *Loop) traceResume(fb *Fiber) {
	if fb.flags&fiberCallback != 0 {
		return
	}
	detail := ""
	if fb.leaf.Base() != nil {
		detail = fmt.Sprintf("%T", fb.leaf)
	}
	l.trace(TraceEvent{Kind: TraceResume, Fiber: fb, Detail: detail})
}
