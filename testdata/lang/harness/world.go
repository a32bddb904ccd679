// Package harness runs the programs of the language suite in both forms
// under the same scripts and compares what they did.
package harness

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goasync/goasync/rt"
)

// An Outcome is how one operation of a World completes.
type Outcome uint8

const (
	Ready  Outcome = iota // at once
	Yield                 // after other tasks had a turn
	Fail                  // with ErrScript, at once
	Late                  // with ErrScript, after a yield
	Cancel                // the task is cancelled while the operation waits
	Panic                 // it panics with a Scripted, after a yield
	Exit                  // it calls runtime.Goexit
	Thrown                // ErrScript is thrown into the call while it waits
	Closed                // the call is closed while it waits: this and all later ones fail
)

func (o Outcome) String() string {
	return [...]string{"ready", "yield", "fail", "late", "cancel", "panic", "exit", "thrown", "closed"}[o]
}

// ErrScript is the error with which operations fail.
var ErrScript = errors.New("script")

// errCause is the cause of a script's cancel.
var errCause = errors.New("cause")

// Scripted is the value with which operations panic: the number of the operation.
type Scripted int

// A Script says how the operations of a run complete: the k-th as At says,
// all others as Others.
type Script struct {
	Others Outcome
	K      int // -1: none differs
	At     Outcome
}

func (s Script) String() string {
	if s.K < 0 {
		return fmt.Sprintf("all %v", s.Others)
	}
	return fmt.Sprintf("%v at operation %d, else %v", s.At, s.K, s.Others)
}

// A World is what a program acts on: its operations and its trace.
type World struct {
	script Script
	count  int // operations so far
	cancel func(error) bool
	trace  []string
	hand   *hand // who drives it by hand, or nil
}

// most is how many steps a program may make before it counts as endless.
const most = 2000

// Trace records what the program did.
func (w *World) Trace(what string, values ...any) {
	var b strings.Builder
	b.WriteString(what)
	for _, v := range values {
		fmt.Fprintf(&b, " %v", v)
	}
	w.trace = append(w.trace, b.String())
	if len(w.trace) > most {
		panic("the program does not end")
	}
}

// Int traces that an operand was evaluated, and returns it.
func (w *World) Int(name string, v int) int {
	w.Trace(name, v)
	return v
}

// Bool is Int for bool.
func (w *World) Bool(name string, v bool) bool {
	w.Trace(name, v)
	return v
}

// Str is Int for string.
func (w *World) Str(name string, v string) string {
	w.Trace(name, v)
	return v
}

// next returns how the operation that begins now completes.
func (w *World) next() (k int, o Outcome) {
	k = w.count
	w.count++
	if w.count > most {
		panic("the program does not end")
	}
	switch at := w.script.At; {
	case w.script.K < 0:
	case k == w.script.K, k > w.script.K && at == Closed:
		return k, at
	}
	return k, w.script.Others
}

// Show says in a trace what error came out of an operation.
func Show(err error) string {
	switch {
	case err == nil:
		return "nil"
	case errors.Is(err, ErrScript):
		return "script"
	}
	var c *rt.Canceled
	if errors.As(err, &c) {
		return fmt.Sprintf("canceled(%v)", c.Cause)
	}
	return err.Error()
}

// Err traces an error.
func (w *World) Err(what string, err error) { w.Trace(what, Show(err)) }
