package rt

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Dump writes to w what the tasks of the loop do that runs the calling code, or else, for a goroutine that is no task, those of
// all loops that run: a Snapshot of each as text. A loop that does not answer before ctx ends is said to be so, and Dump returns
// ctx's error after the others.
func Dump(ctx context.Context, w io.Writer) error {
	var failed error
	for _, l := range loopsHere() {
		s, err := l.Snapshot(ctx)
		switch {
		case errors.Is(err, ErrLoopClosed):
			continue
		case err != nil:
			failed = err
			if _, err := fmt.Fprintf(w, "a loop does not answer: %v\n", err); err != nil {
				return err
			}
		default:
			if _, err := s.WriteTo(w); err != nil {
				return err
			}
		}
	}
	return failed
}

// Snapshots returns what Dump writes, as data.
func Snapshots(ctx context.Context) (all []*Snapshot, failed error) {
	for _, l := range loopsHere() {
		s, err := l.Snapshot(ctx)
		switch {
		case errors.Is(err, ErrLoopClosed):
		case err != nil:
			failed = err
		default:
			all = append(all, s)
		}
	}
	return all, failed
}

// loopsHere returns the loop that runs the calling code, or else all that run. A loop does not wait for the others: two that
// did would wait for each other.
func loopsHere() []*Loop {
	if l := here().loop; l != nil {
		return []*Loop{l}
	}
	var all []*Loop
	seats.Range(func(_, v any) bool {
		if s := v.(seat); s.task == nil {
			all = append(all, s.loop)
		}
		return true
	})
	return all
}
