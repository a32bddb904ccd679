//go:build unix

package rt

import (
	"sync"
	"testing"
	"time"
)

// BenchmarkTimerBesideAfterFunc adds a timer and cancels it with a million outstanding, and time.AfterFunc and Stop with as many.
// Goal: a ratio of 1/2.
func BenchmarkTimerBesideAfterFunc(b *testing.B) {
	withoutGC(b)
	const outstanding, slice = 1_000_000, 100_000
	later := func(i int) time.Duration { return time.Hour + time.Duration(i*7919%1_000_003)*time.Microsecond }
	s := newStage(b)
	timers := make([]*time.Timer, outstanding)
	for i := range outstanding {
		s.CallLater(later(i), func() {})
		timers[i] = time.AfterFunc(later(i), func() {})
	}
	defer func() {
		for _, t := range timers {
			t.Stop()
		}
	}()
	next := 0
	beside(b, "cpu-ns", func() float64 {
		return cpuOf(slice, func() {
			for range slice {
				next++
				s.CallLater(later(next), func() {}).Cancel()
			}
		})
	}, func() float64 {
		return cpuOf(slice, func() {
			for range slice {
				next++
				time.AfterFunc(later(next), func() {}).Stop()
			}
		})
	})
}

// BenchmarkExpiryBesideAfterFunc has a million timers that were added in no order expire within a quarter of a second. Goal: a ratio of
// 1/8; AfterFunc calls each on a goroutine, all of which are waited for. Both are late here, so that each timer is taken out of the memory
// twice: when it comes near, and when it is called. That is most of what ours costs.
func BenchmarkExpiryBesideAfterFunc(b *testing.B) {
	withoutGC(b)
	const n = 1_000_000
	later := func(i int) time.Duration { return 2*time.Second + time.Duration(i*7919%250_007)*time.Microsecond }
	beside(b, "cpu-ns", func() float64 {
		l, err := NewLoop(LoopOptions{})
		if err != nil {
			b.Fatal(err)
		}
		defer l.Close()
		left := n
		f := func() {
			if left--; left == 0 {
				l.Stop()
			}
		}
		began := l.Time()
		for i := range n {
			l.CallAt(began+later(i), f)
		}
		return cpuOf(n, func() {
			if err := l.Run(); err != nil {
				b.Fatal(err)
			}
		})
	}, func() float64 {
		var wg sync.WaitGroup
		wg.Add(n)
		f := wg.Done
		began := time.Now()
		for i := range n {
			time.AfterFunc(time.Until(began.Add(later(i))), f)
		}
		return cpuOf(n, wg.Wait)
	})
}
