package rt

import (
	"testing"
	"time"
)

func BenchmarkWake(b *testing.B) {
	s := newBenchLoop(b)
	tasks := make([]*Task[struct{}], 1000)
	for i := range tasks {
		tasks[i] = SpawnOn[struct{}](s.Loop, newSpin(0))
		tasks[i].runs.flags &^= fiberQueued
	}
	s.ready.head = s.ready.tail
	b.ResetTimer()
	for i := 0; i < b.N; i += len(tasks) {
		for _, t := range tasks {
			t.runs.Wake()
		}
		for _, t := range tasks {
			t.runs.flags &^= fiberQueued
		}
		s.ready.head = s.ready.tail
	}
}

// BenchmarkTimers adds and cancels timers with a million outstanding.
func BenchmarkTimers(b *testing.B) {
	s := newBenchLoop(b)
	at := func(i int) time.Duration { return time.Hour + time.Duration(i*7919%1_000_003)*time.Microsecond }
	for i := range 1_000_000 {
		s.CallAt(at(i), func() {})
	}
	b.ResetTimer()
	for i := range b.N {
		s.CallAt(at(i), func() {}).Cancel()
	}
}

// BenchmarkPost posts to a loop that is busy.
func BenchmarkPost(b *testing.B) {
	s := newBenchLoop(b)
	n := 0
	f := func() { n++ }
	for i := range b.N {
		s.Post(f)
		if i%1000 == 999 {
			s.Stop()
			s.Loop.Run()
		}
	}
	s.Stop()
	s.Loop.Run()
	if n != b.N {
		b.Errorf("%d of %d posts were called", n, b.N)
	}
}
