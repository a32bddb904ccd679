package tasks

import (
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestBlockingHasCopies gives up code on a goroutine: it goes on with what its
// variables were, as they now belong to the loop's goroutine.
func TestBlockingHasCopies(t *testing.T) {
	l, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	begun, written, read := make(chan struct{}), make(chan struct{}), make(chan int)
	task := rt.SpawnOn(l, blockingGivenUpAsync(begun, written, read))
	for turn := 0; !task.Done(); turn++ {
		if turn == 1 {
			<-begun
			task.Cancel(errors.New("given up"))
		}
		l.Stop()
		if err := l.Run(); err != nil {
			t.Fatal(err)
		}
	}
	if n := <-read; n != 1 {
		t.Errorf("the code that was given up has read %d, want 1", n)
	}
	var canceled *rt.Canceled
	if _, err := task.Result(); !errors.As(err, &canceled) {
		t.Errorf("the task has ended with %v, want a cancel", err)
	}
}
