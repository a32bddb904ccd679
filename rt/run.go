package rt

import "errors"

// Run runs f as a plain task on a loop of its own, on the calling goroutine, and returns its results. f and all it calls may
// use the blocking forms of this package and of poll; Spawn starts more tasks beside it, one of which runs at a time.
//
// When f has returned, the tasks that are left are cancelled and run to their end, and the loop is closed (statement 238). A
// panic of f, or of a task that nobody waits for, panics out of Run with the same value; runtime.Goexit in f, as by t.Fatal,
// ends the calling goroutine. Where a loop runs on the calling goroutine already it returns ErrLoopRunning, and f is not
// called.
func Run[T any](f func() (T, error)) (T, error) { return RunAsync(Awaitable[T](newGoCoro(f))) }

// Run0 is Run for an f without a result.
func Run0(f func() error) error {
	_, err := Run(func() (struct{}, error) { return struct{}{}, f() })
	return err
}

// RunAsync runs aw on a loop of its own, on the calling goroutine, and returns its results. It ends as Run does. It returns
// ErrLoopRunning, and aw is not started, where a loop runs on the calling goroutine already.
func RunAsync[T any](aw Awaitable[T]) (T, error) {
	var none T
	if here().loop != nil {
		return none, ErrLoopRunning
	}
	l, err := NewLoop(LoopOptions{})
	if err != nil {
		return none, err
	}
	returned := false
	defer func() { // also when the root panicked, or ended with Goexit
		x := l.runOut()
		l.Close()
		if returned && x != nil {
			panic(x.Value)
		}
	}()
	v, err := RunUntil(l, SpawnOn(l, aw))
	returned = true
	return v, err
}

// RunAsync0 is RunAsync for an awaitable without a result.
func RunAsync0(aw Awaitable[struct{}]) error {
	_, err := RunAsync(aw)
	return err
}

// errEnding is why the tasks that Run leaves behind are cancelled.
var errEnding = errors.New("rt: the program's root has ended")

// runOut cancels all tasks of l, and with them all that they spawn meanwhile, and runs the
// loop until they have ended. It returns the first panic that nobody handled.
func (l *Loop) runOut() (first *Failure) {
	if l.tasks == 0 {
		return nil
	}
	leave, ok := enterLoop(l)
	if !ok {
		return nil
	}
	l.running.Store(true)
	returned := false
	defer func() {
		l.running.Store(false)
		leave()
		if !returned { // one of them called Goexit
			l.runOut()
		}
	}()
	l.root.cancel(errEnding)
	first = l.turnOut()
	returned = true
	return first
}

// turnOut runs the loop until no task is left.
func (l *Loop) turnOut() (first *Failure) {
	for l.tasks > 0 {
		l.stopping = false
		if err := l.turn(); err != nil {
			return first
		}
		if first == nil {
			first = l.fatal
		}
		l.fatal = nil
	}
	return first
}

// Tasks returns how many tasks of l have not ended, the functions of a Gather counted.
func (l *Loop) Tasks() int { return l.tasks }
