package rt

import (
	"testing"
	"time"
)

// BenchmarkTimers adds and cancels timers with a million outstanding, on the loop and with time.AfterFunc.
func BenchmarkTimers(b *testing.B) {
	after := func(i int) time.Duration { return time.Hour + time.Duration(i*7919%1_000_003)*time.Microsecond }
	const outstanding = 1_000_000
	b.Run("loop", func(b *testing.B) {
		s := newBenchLoop(b)
		for i := range outstanding {
			s.CallLater(after(i), func() {})
		}
		b.ResetTimer()
		for i := range b.N {
			s.CallLater(after(i), func() {}).Cancel()
		}
	})
	b.Run("time.AfterFunc", func(b *testing.B) {
		b.ReportAllocs()
		timers := make([]*time.Timer, outstanding)
		for i := range timers {
			timers[i] = time.AfterFunc(after(i), func() {})
		}
		b.ResetTimer()
		for i := range b.N {
			time.AfterFunc(after(i), func() {}).Stop()
		}
		b.StopTimer()
		for _, t := range timers {
			t.Stop()
		}
	})
}

// BenchmarkPost posts functions to a loop that is busy, and sends them to a goroutine on a buffered channel.
func BenchmarkPost(b *testing.B) {
	const batch = 1000
	b.Run("post", func(b *testing.B) {
		s := newBenchLoop(b)
		n := 0
		f := func() { n++ }
		for i := range b.N {
			s.Post(f)
			if i%batch == batch-1 {
				s.Stop()
				s.Loop.Run()
			}
		}
		s.Stop()
		s.Loop.Run()
		if n != b.N {
			b.Errorf("%d of %d posts were called", n, b.N)
		}
	})
	b.Run("channel", func(b *testing.B) {
		b.ReportAllocs()
		n, c, done := 0, make(chan func(), batch), make(chan struct{})
		go func() {
			defer close(done)
			for f := range c {
				f()
			}
		}()
		f := func() { n++ }
		for range b.N {
			c <- f
		}
		close(c)
		<-done
	})
}
