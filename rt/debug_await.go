package rt

import (
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// unbegun are the coroutines that were made and not begun, in a program with GOASYNCDEBUG, by the addresses of their frames as
// numbers, which keep nothing alive. An entry is replaced when its address is used again.
var unbegun sync.Map // uintptr -> *making

// making is one coroutine that was made.
type making struct {
	what  string // the async form
	at    string // who called it
	begun atomic.Bool
}

// made notes that f was made, to be reported when it is collected if nothing has begun it.
func (f *Frame) made() {
	by := callers(2) // the async form, which is a function of its own, and who calls that
	m := &making{what: by[0].Func, at: by[len(by)-1].String()}
	unbegun.Store(addressOf(f), m)
	runtime.AddCleanup(f, (*making).collected, m)
}

// begun notes that f was begun, or belongs to a task or a generator that may begin it.
func (f *Frame) begun() {
	if m, ok := unbegun.LoadAndDelete(addressOf(f)); ok {
		m.(*making).begun.Store(true)
	}
}

// given is begun for aw, if it is a coroutine, that was given to what begins it or panics: then it is not to be reported as well.
func given(aw any) {
	if co, ok := aw.(Resumable); ok {
		co.Base().begun()
	}
}

func (m *making) collected() {
	if !m.begun.Load() {
		slog.Warn("rt: a call was made and never awaited: write rt.Await(f(x)), or spawn it", "call", m.what, "in", m.at)
	}
}

// addressOf returns the address of what p points to as a number, which does not keep it alive.
func addressOf[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }
