package rt_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

func TestWithContext(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		base := context.WithValue(context.WithValue(context.Background(), key("a"), 1), key("b"), 1)
		ctx, cancel := context.WithCancelCause(base)
		cancels := do(func() { cancel(cause) })
		var inner context.Context
		err := w.runs(0,
			sets("b", 2), sets("c", 2),
			under(always(ctx), func(err error) error { w.log("%v", errors.Is(err, cause)); return err },
				takes(&inner),
				w.shows("in", "a", "b", "c"), sets("b", 3), w.shows("in", "b"),
				cancels, w.forever("f", true), w.tells(&inner), w.next(), fail(context.Canceled)),
			w.says("never"))
		if err != context.Canceled {
			w.Errorf("error %v, want what the function returned", err)
		}
		w.traced("in:a=1 in:b=1 in:c=2 in:b=3 f:canceled canceled(cause) next:canceled false")

		// It is over before; and what was set is as before.
		w.runs(0, sets("b", 2), under(always(ctx), w.came("with"), w.next()), w.shows("out", "a", "b"), w.next())
		w.traced("next:canceled with:nil out:a=<nil> out:b=2 next:nil")
	})
}

func TestWithContextOfATask(t *testing.T) {
	inBothForms(t, func(w *world) {
		with := func(k key, v any) func() context.Context {
			return func() context.Context { return context.WithValue(rt.Context(), k, v) }
		}
		w.runs(5, under(with("a", 1), nil,
			w.shows("in", "a"),
			under(with("a", 2), nil, w.shows("inner", "a"), sleep(5)),
			w.shows("in", "a")), w.shows("out", "a"))
		w.traced("in:a=1 inner:a=2 in:a=1 out:a=<nil>")
	})
}

func TestWithContextDeadline(t *testing.T) {
	// On the machine's clock, since that is what the context's timer uses.
	begin := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	err := rt.WithContext0(ctx, func() error {
		if d, ok := rt.Context().Deadline(); !ok || d.Before(begin) || d.After(begin.Add(time.Minute)) {
			t.Errorf("deadline %v, %v", d, ok)
		}
		return rt.Sleep(time.Hour)
	})
	var expired *rt.TimeoutError
	if !errors.As(err, &expired) || errors.Is(err, context.Canceled) || expired.After <= 0 {
		t.Errorf("error %v, want a timeout", err)
	}
}

func TestNowAndRand(t *testing.T) {
	base := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	inBothForms(t, func(w *world) {
		var first, second uint64
		w.runs(5, sleep(5), do(func() {
			if now := rt.Now(); !now.Equal(base.Add(5)) {
				w.Errorf("now is %v", now)
			}
			first, second = rt.Rand().Uint64(), rt.Rand().Uint64()
		}))
		same := rand.New(rand.NewPCG(0, 0))
		if first != same.Uint64() || second != same.Uint64() {
			w.Error("the numbers are not those of the seed")
		}
	})
	epoch := time.Date(1999, 12, 31, 23, 0, 0, 0, time.UTC)
	w := newWorld(t)
	loop, err := rt.NewLoop(rt.LoopOptions{Clock: w.clock, Poller: w.poller, Epoch: epoch})
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	if !loop.Now().Equal(epoch) {
		t.Errorf("the epoch is %v", loop.Now())
	}
	loop.CallSoon(func() {
		if l := rt.ClockedLoop(); l != loop {
			t.Errorf("on a loop with a Clock, that is %p, want %p", l, loop)
		}
		loop.Stop()
	})
	if err := loop.Run(); err != nil {
		t.Error(err)
	}
	// On the machine's clock, and outside any loop.
	near := func(what string, now time.Time) {
		if d := time.Since(now); d < 0 || d > time.Minute {
			t.Errorf("%s: now is %v", what, now)
		}
	}
	near("outside", rt.Now())
	if l := rt.ClockedLoop(); l != nil {
		t.Error("outside of any loop there is one")
	}
	rt.Run0(func() error {
		near("inside", rt.Now())
		if l := rt.ClockedLoop(); l != nil {
			t.Error("a loop on the machine's clock has one of its own")
		}
		if one, other := rt.Rand(), rt.Rand(); one != other {
			t.Error("a loop has two streams")
		}
		return nil
	})
	if rt.Rand().Uint64() == rt.Rand().Uint64() {
		t.Error("the global source repeats itself")
	}
}
