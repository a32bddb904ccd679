//go:build unix

package rtsignal

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// A second signal that has come before the first is handled is sent again, for whoever it is meant then.
func TestSecondSignalBeforeTheFirstIsHandled(t *testing.T) {
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGUSR2) // else it kills the test
	defer signal.Stop(again)
	came := make(chan os.Signal, 1)
	came <- syscall.SIGUSR2
	ctx, cancel := context.WithCancelCause(context.Background())
	caught(syscall.SIGUSR1, came, cancel)
	if s := <-again; s != syscall.SIGUSR2 {
		t.Errorf("got %v again", s)
	}
	if e, ok := errors.AsType[*Error](context.Cause(ctx)); !ok || e.Signal != syscall.SIGUSR1 {
		t.Errorf("the context ended by %v", context.Cause(ctx))
	}
}
