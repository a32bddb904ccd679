package rt

import (
	"errors"
	"time"
)

// Run runs f as a plain task on a loop of its own, on the calling goroutine, and returns its results. f and all it calls may
// use the blocking forms of this package and of poll; Spawn starts more tasks beside it, one of which runs at a time.
//
// When f has returned, the tasks that are left are cancelled and run to their end, their done callbacks are called, and the loop is
// closed (statement 238); RunWith can say how long they have. A
// panic of f, or of a task that nobody waits for, panics out of Run with the same value; runtime.Goexit in f, as by t.Fatal,
// ends the calling goroutine. Where a loop runs on the calling goroutine already it returns ErrLoopRunning, and f is not
// called. If no task can ever run again and nothing outside is waited for, it returns a *DeadlockError; not if the program has asked
// for the loop, by RunningLoop, as then others could Post to it.
//
// A panic on its way out of Run cancels the tasks that are left, too, but waits for nothing: deferred calls run, also what they do under
// Shield or Cleanup0, up to where a task has to wait for a socket, the clock or a goroutine of Blocking. There it is dropped, and so
// it is if it does not heed its cancel: there are 256 turns of the loop for each task. So no task can keep a panic from stopping the
// program. If RunOptions have a Grace, the tasks have that instead.
func Run[T any](f func() (T, error)) (T, error) { return RunAsync(Awaitable[T](newGoCoro(f))) }

// Run0 is Run for an f without a result.
func Run0(f func() error) error {
	_, err := Run(func() (struct{}, error) { return struct{}{}, f() })
	return err
}

// RunAsync runs aw on a loop of its own, on the calling goroutine, and returns its results. It ends as Run does. It returns
// ErrLoopRunning, and aw is not started, where a loop runs on the calling goroutine already.
func RunAsync[T any](aw Awaitable[T]) (T, error) { return RunAsyncWith(RunOptions{}, aw) }

// RunAsync0 is RunAsync for an awaitable without a result.
func RunAsync0(aw Awaitable[struct{}]) error {
	_, err := RunAsync(aw)
	return err
}

// RunOptions say how RunWith runs, and RunLoopsWith and RunEachWith; the zero value is what Run, RunLoops and RunEach do.
type RunOptions struct {
	// Loop is what the loop is made of.
	Loop LoopOptions
	// Grace is how long the tasks that are left at the end have to end, once they are cancelled; zero or less: as long as they
	// take, but with no wait if a panic is on its way out (see Run). If some have not ended then, RunWith returns a *SurvivorsError,
	// joined with what f returned, and they never run again; plain ones keep their goroutines. In the generated form it does not
	// bound what deferred calls await that runtime.Goexit runs.
	Grace time.Duration
}

// RunWith is Run with options.
func RunWith[T any](opts RunOptions, f func() (T, error)) (T, error) {
	return RunAsyncWith(opts, Awaitable[T](newGoCoro(f)))
}

// RunWith0 is RunWith for an f without a result.
func RunWith0(opts RunOptions, f func() error) error {
	_, err := RunWith(opts, func() (struct{}, error) { return struct{}{}, f() })
	return err
}

// RunAsyncWith is RunAsync with options.
func RunAsyncWith[T any](opts RunOptions, aw Awaitable[T]) (v T, err error) {
	if here().loop != nil {
		return v, ErrLoopRunning
	}
	l, err := NewLoop(opts.Loop)
	if err != nil {
		return v, err
	}
	l.runsOut = true
	l.private.Store(true)
	l.reports.Store(true)
	defer l.Close()
	t := SpawnOn(l, aw)
	returned, ended, ranOut := false, false, false
	defer func() {
		switch {
		case returned:
			if x := l.takeLeft(); x != nil {
				err = joined(err, l.end(x))
			}
		case l.exited && l.raised == nil && !ended: // another task called Goexit, and the root has ended since
			t.failure().passOn()
		case !ranOut: // a task that was left called Goexit, which took the place of the panic under way
			l.raised.passOn()
		}
	}()
	defer func() { // also when the root panicked, or ended with Goexit
		ended = t.Done()
		l.runOut(l.graceUntil(opts.Grace))
		ranOut = true
		if left := l.survivors(opts.Grace); left != nil {
			err = joined(err, left)
		}
	}()
	v, err = RunUntil(l, t)
	returned = true
	return v, err
}

// joined returns err, which may be nil, and more.
func joined(err, more error) error {
	if err == nil {
		return more
	}
	return errors.Join(err, more)
}

// RunAsyncWith0 is RunAsyncWith for an awaitable without a result.
func RunAsyncWith0(opts RunOptions, aw Awaitable[struct{}]) error {
	_, err := RunAsyncWith(opts, aw)
	return err
}

// Tasks returns how many tasks of l have not ended, the functions of a Gather counted.
func (l *Loop) Tasks() int { return l.tasks }
