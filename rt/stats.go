package rt

import (
	"context"
	"errors"
	"time"
)

// Stats are counts of a loop's work.
type Stats struct {
	// Turns is how many turns the loop has made, Waits in how many of them it went to sleep because nothing was ready.
	Turns uint64 `json:"turns"`
	Waits uint64 `json:"waits"`
	// Steps is how often a task was resumed, or a callback called.
	Steps uint64 `json:"steps"`
	// Posts is how many functions came from other goroutines by Post, Wakeups how often one found the loop asleep.
	Posts   uint64 `json:"posts"`
	Wakeups uint64 `json:"wakeups"`
	// Tasks, Ready and Timers are how many tasks have not ended, how many tasks and callbacks are ready to run, and how many
	// timers are set.
	Tasks  int `json:"tasks"`
	Ready  int `json:"ready"`
	Timers int `json:"timers"`
	// Busy and Idle are the time that the loop has spent running and waiting, on its clock, since Stats was first asked for: they
	// are not measured before.
	Busy time.Duration `json:"busy"`
	Idle time.Duration `json:"idle"`
}

// counts are what a loop counts as it goes, in its own turn.
type counts struct {
	turns, waits uint64
	timed        bool          // the time is measured
	since        time.Duration // by the loop's clock, when that began
	idle         time.Duration // since then
}

// Stats returns the counts of l. It may be called from anywhere, as Snapshot, and costs little.
func (l *Loop) Stats(ctx context.Context) (Stats, error) { return askOf(ctx, l, l.stats) }

// AllStats returns the counts of the loop that runs the calling code, or else of all that run. If one of them does not answer
// before ctx ends, it returns those of the others with ctx's error.
func AllStats(ctx context.Context) ([]Stats, error) { return askAll(ctx, (*Loop).stats) }

func (l *Loop) stats() Stats {
	now := l.clock.Now()
	if !l.counts.timed {
		l.counts.timed, l.counts.since = true, now
	}
	s := Stats{
		Turns: l.counts.turns, Waits: l.counts.waits, Steps: uint64(l.ready.head),
		Tasks: l.tasks, Ready: int(l.ready.tail - l.ready.head), Timers: l.timers.len(),
		Idle: l.counts.idle, Busy: now - l.counts.since - l.counts.idle,
	}
	l.door.mu.Lock()
	s.Posts, s.Wakeups = l.door.posts, l.door.wakeups
	l.door.mu.Unlock()
	return s
}

// wait lets the poller wait, and measures for how long.
func (l *Loop) wait(timeout time.Duration) error {
	if !l.counts.timed {
		return l.poller.Wait(timeout)
	}
	began := l.clock.Now()
	err := l.poller.Wait(timeout)
	l.counts.idle += l.clock.Now() - began
	return err
}

// askOf has f called on l, and returns its answer: see Loop.Snapshot.
func askOf[T any](ctx context.Context, l *Loop, f func() T) (T, error) {
	var none T
	if here().loop == l {
		return f(), nil
	}
	answer := make(chan T, 1)
	if err := l.Post(func() { answer <- f() }); err != nil {
		return none, err
	}
	select {
	case v := <-answer:
		return v, nil
	case <-ctx.Done():
		return none, ctx.Err()
	case <-l.door.shut:
		return none, ErrLoopClosed
	}
}

// askAll has f called on the loop that runs the calling code, or else on all that run.
func askAll[T any](ctx context.Context, f func(*Loop) T) (answers []T, failed error) {
	for _, l := range loopsHere() {
		v, err := askOf(ctx, l, func() T { return f(l) })
		switch {
		case errors.Is(err, ErrLoopClosed):
		case err != nil:
			failed = err
		default:
			answers = append(answers, v)
		}
	}
	return answers, failed
}
