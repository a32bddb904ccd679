package rt_test

import (
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// runsOut runs steps as RunAsyncWith's root, in the world's form and on a loop of its own, with the world's clock.
func (w *world) runsOut(opts rt.RunOptions, steps ...step) error {
	opts.Loop.Clock, opts.Loop.Poller = w.clock, w.poller
	return rt.RunAsyncWith0(opts, w.awaitable(steps...))
}

// spawns is a step that spawns steps on the loop that runs.
func (w *world) spawns(steps ...step) step {
	return do(func() { rt.SpawnOn(rt.RunningLoop(), w.awaitable(steps...)) })
}

// TestRunReturnsThePanicsOfWhatIsLeft: with PanicErrors a panic of a task that is left is an error, beside what Run returns otherwise.
func TestRunReturnsThePanicsOfWhatIsLeft(t *testing.T) {
	boom := errors.New("boom")
	panics := func() { panic("left") }
	for name, c := range map[string]struct {
		root      step
		also      error // that the root ends with
		survivors int
	}{
		"nothing else": {root: yield()},
		"an error":     {root: await(rt.YieldNowAsync, func(struct{}, error) error { return boom }), also: boom},
		"a survivor":   {root: yield(), survivors: 1},
	} {
		t.Run(name, func(t *testing.T) {
			inBothForms(t, func(w *world) {
				left := w.spawns(w.forever("left", true), do(panics))
				opts := rt.RunOptions{Loop: rt.LoopOptions{PanicErrors: true}, Grace: 5}
				steps := []step{left, c.root}
				if c.survivors > 0 {
					steps = []step{left, w.spawns(shield(nil, w.forever("shielded", true))), c.root}
				}
				err := w.runsOut(opts, steps...)
				failure, ok := errors.AsType[*rt.Failure](err)
				if !ok || failure.Value != "left" {
					w.Fatalf("error %v, want the panic", err)
				}
				if c.also == nil && c.survivors == 0 && err != error(failure) {
					w.Errorf("error %v, want the Failure alone", err)
				}
				if c.also != nil && !errors.Is(err, c.also) || survivors(err) != c.survivors {
					w.Errorf("error %v, want %v and %d survivors in it, too", err, c.also, c.survivors)
				}
			})
		})
	}
}
