//go:build linux

package poll

import (
	"runtime"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// BenchmarkPostToBlocked posts to a loop that waits in epoll, and sends to a goroutine that waits; both answer on a channel. It reports
// the medians, in nanoseconds, and their ratio: of the time until the function is called, which is the latency of a post, and of the time
// until the answer has come. In the second is also what the loop does before it waits again, as its P turns to whoever waits for the
// answer only then; so it is more by the system call that asks epoll once again. Goal: a ratio of 1.6, of the first.
func BenchmarkPostToBlocked(b *testing.B) {
	l, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
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
	stats, err := l.Stats(b.Context())
	if err != nil {
		b.Fatal(err)
	}
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
	b.ReportMetric(float64(stats.Wakeups)/float64(stats.Posts), "asleep") // of the posts, how many had to wake the loop
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
