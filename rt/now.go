package rt

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// clocked counts the open loops that were given a Clock: while there is none, time is that of the machine everywhere.
var clocked atomic.Int32

// Now returns the time of the running loop's clock: what time.Now returns, unless the loop was given a Clock, as in tests and
// replays; then LoopOptions.Epoch and what has passed on it. Where no loop runs it is time.Now.
func Now() time.Time {
	if l := ClockedLoop(); l != nil {
		return l.Now()
	}
	return time.Now()
}

// ClockedLoop returns the loop that runs the calling code if it was given a Clock, nil otherwise. It is for operations that are told a
// time, by Now, and wait for it; who keeps the loop to Post to it holds it, by Hold. While no loop of the program has a Clock it costs
// about a nanosecond.
func ClockedLoop() *Loop {
	if clocked.Load() == 0 {
		return nil
	}
	if l := here().loop; l != nil && !l.machine {
		return l
	}
	return nil
}

// NowIn is Now in an async function.
func NowIn(fb *Fiber) time.Time {
	if fb.loop == nil { // driven by hand, perhaps inside a task
		return Now()
	}
	return fb.loop.Now()
}

// Now returns the time of the loop's clock as a time of day: see the function Now.
func (l *Loop) Now() time.Time {
	if l.machine {
		return time.Now()
	}
	return l.wall(l.clock.Now())
}

// wall returns the time of day at which the loop's clock shows when. On the machine's clock it has a monotonic reading, so that it
// is right for those who wait for it, whatever happens to the time of day meanwhile.
func (l *Loop) wall(when time.Duration) time.Time { return l.epoch.Add(when) }

// defaultEpoch is when a clock shows zero that is not the machine's, as in testing/synctest.
var defaultEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Rand returns the running loop's source of random numbers, one stream for all its tasks. The loop decides who draws when, so the
// same program with the same LoopOptions.Rand on a fake clock draws the same numbers; but one draw more in one task changes
// what the others get. A task whose numbers should not depend on the others makes a source of its own, seeded from this one:
//
//	own := rand.New(rand.NewPCG(rt.Rand().Uint64(), rt.Rand().Uint64()))
//
// What it returns belongs to the loop's goroutine. Where no loop runs it is the global source of math/rand/v2, which any
// goroutine may use.
func Rand() *rand.Rand {
	if l := here().loop; l != nil {
		return l.rand()
	}
	return globalRand
}

// RandIn is Rand in an async function.
func RandIn(fb *Fiber) *rand.Rand {
	if fb.loop == nil { // driven by hand, perhaps inside a task
		return Rand()
	}
	return fb.loop.rand()
}

// rand returns the loop's stream.
func (l *Loop) rand() *rand.Rand {
	if l.stream == nil {
		l.stream = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	return l.stream
}

// globalSource is the global source of math/rand/v2 as a Source.
type globalSource struct{}

func (globalSource) Uint64() uint64 { return rand.Uint64() }

var globalRand = rand.New(globalSource{})
