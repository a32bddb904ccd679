package rt

import (
	"runtime"
	"slices"
	"testing"
	"time"
)

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

// BenchmarkPostToBlocked posts to a loop that sleeps, and sends to a goroutine that waits; both answer on a channel. Goal: a ratio of the
// medians of 1.6.
func BenchmarkPostToBlocked(b *testing.B) {
	l, err := NewLoop(LoopOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	ended := make(chan error)
	go func() { ended <- l.Run() }()
	request, reply := make(chan func()), make(chan struct{})
	go func() {
		for f := range request {
			f()
		}
	}()
	defer close(request)
	f := func() { reply <- struct{}{} }
	var posts, sends []float64
	took := func(samples *[]float64, send func()) {
		begin := time.Now()
		send()
		<-reply
		*samples = append(*samples, float64(time.Since(begin)))
		for range 10 { // the other side goes to sleep
			runtime.Gosched()
		}
	}
	for b.Loop() {
		took(&posts, func() { l.Post(f) })
		took(&sends, func() { request <- f })
	}
	l.Post(l.Stop)
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	slices.Sort(posts)
	slices.Sort(sends)
	post, send := posts[len(posts)/2], sends[len(sends)/2]
	b.ReportMetric(0, "ns/op") // of both together: says nothing
	b.ReportMetric(post, "post-p50-ns")
	b.ReportMetric(send, "channel-p50-ns")
	b.ReportMetric(post/send, "ratio")
}
