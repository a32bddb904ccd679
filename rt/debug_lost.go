package rt

import (
	"fmt"
	"log/slog"
	"runtime"
	"sync"
)

// lostErrors are the errors that tasks and futures of a loop in debug mode have ended with and nobody has read yet. One is lost, and
// reported, when what has it is collected, so that nobody can read it any more, or when the loop closes.
//
// It keeps none of them alive: a server that runs for a year makes many. Tasks and futures are known by their addresses as numbers, the
// errors by their texts, as an error may well refer to the task. Nor does it keep the loop alive, as the cleanups refer to it.
type lostErrors struct {
	log *slog.Logger

	mu sync.Mutex             // results are read on other goroutines, and cleanups run on one of their own
	at map[uintptr]*lostError // by the address of the task or the future
}

// lostError is one of them.
type lostError struct {
	what string // whose it is
	made string // where that was made, or the error set
	text string // of the error
}

// unread notes that owner has ended with err, until read is called.
func unread[T any](l *lostErrors, owner *T, what, made string, err error) {
	e := &lostError{what, made, fmt.Sprintf("%v", err)} // which bears an Error that panics
	at := addressOf(owner)
	l.mu.Lock()
	before := l.at[at]
	l.at[at] = e
	l.mu.Unlock()
	if before != nil {
		l.report(before) // it was collected, as its address is used again, and its cleanup is still to come
	}
	runtime.AddCleanup(owner, func(e *lostError) { l.collected(at, e) }, e)
}

// read notes that the result of what has that address was read.
func (l *lostErrors) read(at uintptr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.at, at)
}

// collected reports e, which was at that address, unless it was read or reported.
func (l *lostErrors) collected(at uintptr, e *lostError) {
	l.mu.Lock()
	lost := l.at[at] == e
	if lost {
		delete(l.at, at)
	}
	l.mu.Unlock()
	if lost {
		l.report(e)
	}
}

// close reports what is left when the loop closes.
func (l *lostErrors) close() {
	l.mu.Lock()
	left := l.at
	l.at = make(map[uintptr]*lostError) // what ends later is reported when it is collected
	l.mu.Unlock()
	for _, e := range left {
		l.report(e)
	}
}

func (l *lostErrors) report(e *lostError) {
	l.log.Warn("rt: an error that nobody has read: await what it came from, or read its Result", "error", e.text, "of", e.what, "made", e.made)
}

// hidden reports the errors of a group that nobody gets since the group ends by a panic.
func (l *lostErrors) hidden(errs []error, panicked *Failure) {
	for _, err := range errs {
		l.log.Warn("rt: an error that nobody gets, as its group ends by a panic", "error", err, "panic", panicked.describe())
	}
}
