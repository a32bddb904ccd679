package rttest

import (
	"sync/atomic"
	"time"
)

// Clock is a loop's clock that moves only when told: by the Poller that shares it, or by Advance. The zero value stands at
// zero. Any goroutine may use it.
type Clock struct {
	now atomic.Int64 // nanoseconds
}

// Now returns the time that has passed on this clock.
func (c *Clock) Now() time.Duration { return time.Duration(c.now.Load()) }

// Advance moves the clock forward by d, as if the code that calls it had taken that long. It panics if d is negative, since
// a loop's clock is monotonic.
func (c *Clock) Advance(d time.Duration) {
	if d < 0 {
		panic("rttest: Clock.Advance by a negative duration")
	}
	c.now.Add(int64(d))
}
