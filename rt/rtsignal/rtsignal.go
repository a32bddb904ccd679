// Package rtsignal has signals cancel what a program runs with package rt:
//
//	func main() {
//		if err := rtsignal.RunAsync0(serveAsync()); err != nil {
//			log.Print(err)
//			os.Exit(rtsignal.ExitCode(err))
//		}
//	}
//
// The first interrupt cancels the main task, whose deferred calls run; the second one ends the program at once, as it would without
// this package (statement 240 in rt/CONFORMANCE.md). Signals that mean something else, as SIGHUP to read a configuration again, come
// over a channel of os/signal, from which a task receives by rt.Recv or a rt.Receiver (statement 241):
//
//	hangups := make(chan os.Signal, 1)
//	signal.Notify(hangups, syscall.SIGHUP)
//	for _, err := range rt.Each(rt.NewReceiver(hangups).All) {
//
// While one of these functions runs, something outside may always cancel what it waits for; so no deadlock is reported.
package rtsignal

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/goasync/goasync/rt"
)

// Error is the cause of a cancel by a signal. The error of what was cancelled is one for errors.As.
type Error struct{ Signal os.Signal }

// Error names the signal.
func (e *Error) Error() string { return "rtsignal: " + e.Signal.String() }

// exitSignalled is what shells add to the number of a signal that has ended a program.
const exitSignalled = 128

// ExitCode returns what a program ends with whose main task has returned err: 0 for nil, 128 plus its number for a signal, and 1
// for every other error.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	if e, ok := errors.AsType[*Error](err); ok {
		if s, ok := e.Signal.(syscall.Signal); ok {
			return exitSignalled + int(s)
		}
	}
	return 1
}

// Context returns a context that the first of the signals sigs ends, with an *Error as its cause; none are os.Interrupt and
// syscall.SIGTERM. From then on, and from when stop was called or parent is done, the signals do again what they did before: a
// second one kills. Use it with rt.WithContext where Run is not enough, for RunOptions for example. Stop is to be called when the
// context is no longer needed. Any goroutine may call both.
func Context(parent context.Context, sigs ...os.Signal) (ctx context.Context, stop func()) {
	if len(sigs) == 0 {
		sigs = []os.Signal{os.Interrupt, syscall.SIGTERM}
	}
	ctx, cancel := context.WithCancelCause(parent)
	came := make(chan os.Signal, 1)
	signal.Notify(came, sigs...)
	go func() {
		select {
		case s := <-came:
			caught(s, came, cancel)
		case <-ctx.Done():
			signal.Stop(came)
		}
	}()
	return ctx, func() {
		signal.Stop(came)
		cancel(nil)
	}
}

// caught ends the context of cancel by s, the first signal of came. Before that the others kill again: whoever sees the cancel can be
// killed, and so can who was sent a second one meanwhile, which has come here.
func caught(s os.Signal, came chan os.Signal, cancel context.CancelCauseFunc) {
	signal.Stop(came)
	select {
	case second := <-came:
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			self.Signal(second) // what cannot be sent, as on Windows, is lost
		}
	default:
	}
	cancel(&Error{s})
}

// Run is rt.Run of an f that the first of the signals sigs cancels; see Context for what they are without any. If f ends by that,
// Run returns its error, an *Error for errors.As; what else f makes of the cancel it returns as it is.
func Run[T any](f func() (T, error), sigs ...os.Signal) (T, error) {
	ctx, stop := Context(context.Background(), sigs...)
	defer stop()
	return rt.Run(func() (T, error) { return rt.WithContext(ctx, f) })
}

// Run0 is Run for an f without a result.
func Run0(f func() error, sigs ...os.Signal) error {
	_, err := Run(func() (struct{}, error) { return struct{}{}, f() }, sigs...)
	return err
}

// RunAsync is Run for the generated form.
func RunAsync[T any](aw rt.Awaitable[T], sigs ...os.Signal) (T, error) {
	ctx, stop := Context(context.Background(), sigs...)
	defer stop()
	return rt.RunAsync(rt.WithContextAsync(ctx, func() rt.Awaitable[T] { return aw }))
}

// RunAsync0 is RunAsync for an awaitable without a result.
func RunAsync0(aw rt.Awaitable[struct{}], sigs ...os.Signal) error {
	_, err := RunAsync(aw, sigs...)
	return err
}
