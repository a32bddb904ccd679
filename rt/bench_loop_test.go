package rt

import (
	"fmt"
	"runtime"
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

// BenchmarkPostToBlocked posts to a loop that sleeps, with no timer outstanding and with one, and sends to a goroutine that waits; both
// answer on a channel. Goal: ratios of the medians of 1.6, for the time until the function is called and for the time until the answer has
// come. The first is the latency of a post. In the second is also what the loop does before it sleeps again: only then its P turns to
// whoever waits for the answer.
func BenchmarkPostToBlocked(b *testing.B) {
	for _, timers := range []int{0, 1} {
		b.Run(fmt.Sprintf("timers=%d", timers), func(b *testing.B) { benchPostToBlocked(b, timers) })
	}
}

func benchPostToBlocked(b *testing.B, timers int) {
	l, err := NewLoop(LoopOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for range timers {
		l.CallLater(time.Hour, func() {})
	}
	ended := make(chan error)
	go func() { ended <- l.Run() }()
	request, reply := make(chan func()), make(chan time.Time)
	go func() {
		for f := range request {
			f()
		}
	}()
	defer close(request)
	f := func() { reply <- time.Now() }
	var posts, sends latencies
	for b.Loop() {
		posts.measure(func() { l.Post(f) }, reply)
		sends.measure(func() { request <- f }, reply)
	}
	asleep := float64(l.door.wakeups) / float64(l.door.posts)
	l.Post(l.Stop)
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	post, send := median(posts.arrivals), median(sends.arrivals)
	b.ReportMetric(0, "ns/op") // of both together: says nothing
	b.ReportMetric(post, "post-p50-ns")
	b.ReportMetric(send, "channel-p50-ns")
	b.ReportMetric(post/send, "ratio")
	b.ReportMetric(median(posts.answers)/median(sends.answers), "answer-ratio")
	b.ReportMetric(asleep, "asleep") // of the posts, how many had to wake the loop
}

// latencies are, in nanoseconds, how long it took until functions were called, and until they had answered.
type latencies struct{ arrivals, answers []float64 }

// measure measures send, which has a function called that replies with the time.
func (s *latencies) measure(send func(), reply <-chan time.Time) {
	begin := time.Now()
	send()
	arrived := <-reply
	s.answers = append(s.answers, float64(time.Since(begin)))
	s.arrivals = append(s.arrivals, float64(arrived.Sub(begin)))
	for range 10 { // the other side goes to sleep
		runtime.Gosched()
	}
}
