package harness

import (
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

// A hand drives a call; the call's operations wait for it.
type hand struct {
	waits *rt.Fiber
	err   error
}

// turn waits for the hand.
func (h *hand) turn() error { panic("only the generated form is driven by hand") }

func (h *hand) turnAsync() rt.Awaitable[struct{}] { return (*handTurn)(h) }

// handTurn is the operation of turn.
type handTurn hand

func (h *handTurn) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	if h.err = fb.Checkpoint(); h.err != nil {
		return fb.Ready(parent)
	}
	h.waits = fb
	fb.Suspend(parent, h)
	return false
}

func (h *handTurn) Abort(_ *rt.Fiber, err error) rt.Outcome {
	h.waits, h.err = nil, err
	return rt.Aborted
}

func (h *handTurn) Result() (struct{}, error) { return struct{}{}, h.err }

// byHand drives a call to its end with Send, but for the operation at which
// the script throws or closes. Each operation suspends once.
func byHand[T any](w *World, co rt.Coroutine[T]) (any, error) {
	w.hand = new(hand)
	_, done := co.Send()
	for step := 0; !done; step++ {
		switch {
		case step == w.script.K && w.script.At == Thrown:
			co.Throw(ErrScript) // and on to the next suspension
			done = hasEnded(co)
		case step == w.script.K && w.script.At == Closed:
			if err := co.Close(); err != nil {
				return nil, err
			}
			done = true
		default:
			if fb := w.hand.waits; fb != nil {
				w.hand.waits = nil
				fb.Wake()
			}
			_, done = co.Send()
		}
	}
	return co.Result()
}

// hasEnded reports whether co has returned or panicked.
func hasEnded[T any](co rt.Coroutine[T]) (ended bool) {
	defer func() {
		if _, early := recover().(rt.Misuse); early {
			ended = false
		}
	}()
	ended = true
	co.Result()
	return
}

// TestByHand runs a program in its generated form by hand, and throws into
// and closes it at each operation; the plain form sees the same errors.
func TestByHand(t *testing.T, p Program) {
	if p.hand == nil {
		return
	}
	count, _ := observe(Script{Others: Yield, K: -1}, p.plain)
	list := []Script{{Others: Yield, K: -1}}
	for k := range min(count, mostSwept) {
		list = append(list, Script{Yield, k, Thrown}, Script{Yield, k, Closed})
	}
	for _, s := range list {
		_, want := observe(s, p.plain)
		if !p.compareRun(t, s, want, p.hand) {
			return
		}
	}
}

// TestNeedsLoop sees that a program cannot be driven by hand, since rt refuses
// something that it does.
func TestNeedsLoop(t *testing.T, p Program) {
	_, seen := observe(Script{Others: Yield, K: -1}, p.hand)
	for _, step := range seen {
		for _, refusal := range []string{"that is driven by hand", "needs a loop", "outside any task"} {
			if strings.Contains(step, refusal) {
				return
			}
		}
	}
	t.Errorf("%s can be driven by hand", p.Name)
}

// HasHand reports whether the program can be driven by hand as a call: it is
// no generator or iterator, which are driven anyway.
func (p Program) HasHand() bool { return p.hand != nil }
