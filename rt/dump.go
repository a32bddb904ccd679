package rt

import (
	"context"
	"io"
)

// Dump writes to w what the tasks of the loop do that runs the calling code, or else, for a goroutine that is no task, those of
// all loops that run: a Snapshot of each as text. If a loop does not answer before ctx ends, it returns ctx's error after it has
// written the others.
func Dump(ctx context.Context, w io.Writer) error {
	all, failed := Snapshots(ctx)
	for _, s := range all {
		if _, err := s.WriteTo(w); err != nil {
			return err
		}
	}
	return failed
}

// Snapshots returns what Dump writes, as data.
func Snapshots(ctx context.Context) ([]*Snapshot, error) { return askAll(ctx, (*Loop).snapshot) }

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
