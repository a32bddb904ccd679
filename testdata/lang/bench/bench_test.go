package bench

import (
	"fmt"
	"iter"
	"runtime"
	"sync"
	"testing"

	"github.com/goasync/goasync/rt"
)

const tasks = 1000

// BenchmarkSwitch is one switch between 1,000 tasks, and between as many goroutines on one processor.
func BenchmarkSwitch(b *testing.B) {
	b.Run("tasks", func(b *testing.B) {
		l := newLoop(b)
		var last *rt.Task[struct{}]
		for range tasks {
			last = rt.SpawnOn(l, spinAsync(b.N/tasks+1))
		}
		b.ResetTimer()
		if _, err := rt.RunUntil(l, last); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("goroutines", func(b *testing.B) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		var wg sync.WaitGroup
		for range tasks {
			wg.Go(func() {
				for range b.N/tasks + 1 {
					runtime.Gosched()
				}
			})
		}
		b.ResetTimer()
		wg.Wait()
	})
}

// BenchmarkResume is one resume of two tasks in turn, below no call and below 10,000.
func BenchmarkResume(b *testing.B) {
	for _, depth := range []int{1, 10_000} {
		b.Run(map[int]string{1: "depth-1", 10_000: "depth-10000"}[depth], func(b *testing.B) {
			l := newLoop(b)
			rt.SpawnOn(l, spinAsync(b.N))
			task := rt.SpawnOn(l, deepAsync(depth, b.N))
			l.Stop()
			if err := l.Run(); err != nil { // one turn: the descent
				b.Fatal(err)
			}
			b.ResetTimer()
			if _, err := rt.RunUntil(l, task); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkAwait is one await of a call that does not suspend, and one plain call.
func BenchmarkAwait(b *testing.B) {
	b.Run("async", func(b *testing.B) {
		b.ReportAllocs()
		if _, err := rt.RunAsync(sumAsync(b.N)); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("plain", func(b *testing.B) {
		if _, err := sum(b.N); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkRecursion is all calls of a recursive function for 20, 21,891 of them, none of which suspends. The frame of one call serves
// the next that its caller makes, so that there are no more of them than calls under way at once.
func BenchmarkRecursion(b *testing.B) {
	b.Run("async", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := rt.RunAsync(fibAsync(20)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			if _, err := fib(20); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkNext is one value of a generator and of an iterator, alone and below other calls, and one of iter.Pull.
func BenchmarkNext(b *testing.B) {
	b.Run("generator", func(b *testing.B) {
		b.ReportAllocs()
		g := countAsync(b.N)
		for range b.N {
			g.Next()
		}
	})
	for _, depth := range []int{0, 1, 1000} {
		b.Run(fmt.Sprintf("iterator/depth-%d", depth), func(b *testing.B) {
			b.ReportAllocs()
			it := belowAsync(depth, b.N+1)
			it.Next() // the descent
			b.ResetTimer()
			for range b.N {
				it.Next()
			}
		})
	}
	b.Run("iter.Pull", func(b *testing.B) {
		next, stop := iter.Pull(from(b.N))
		defer stop()
		for range b.N {
			next()
		}
	})
}

// BenchmarkLoop is one round of a loop that awaits a call in its body: over an iterator, and over a function that is none, which
// takes iter.Pull; and one of a loop over an async generator that awaits such a call.
func BenchmarkLoop(b *testing.B) {
	b.Run("iterator", func(b *testing.B) { runLoop(b, loopAsync(b.N)) })
	b.Run("function", func(b *testing.B) { runLoop(b, loopOverAsync(from(b.N))) })
	b.Run("each", func(b *testing.B) { runLoop(b, eachAsync(b.N)) })
}

func runLoop(b *testing.B, aw rt.Awaitable[int]) {
	b.ReportAllocs()
	if _, err := rt.RunAsync(aw); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPark is the creation of something parked with two words of state; B/parked is what it then takes.
func BenchmarkPark(b *testing.B) {
	b.Run("task", func(b *testing.B) {
		l := newLoop(b)
		f := rt.NewFutureOn[int](l)
		measure(b, func() {
			for i := range b.N {
				rt.SpawnOn(l, parkAsync(f, i))
			}
			for range 2 { // they begin; then nothing is ready
				l.Stop()
				if err := l.Run(); err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			for range 200 { // the loop's queue settles
				l.Stop()
				if err := l.Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
		f.SetResult(1)
	})
	b.Run("goroutine", func(b *testing.B) {
		c := make(chan int)
		var ready, done sync.WaitGroup
		measure(b, func() {
			for i := range b.N {
				ready.Add(1)
				done.Add(1)
				go func(a int) {
					ready.Done()
					sink(<-c + a)
					done.Done()
				}(i)
			}
			ready.Wait()
		})
		close(c)
		done.Wait()
	})
}

//go:noinline
func sink(int) {}

// measure times f and reports what it leaves in memory, a unit of b.N.
func measure(b *testing.B, f func()) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b.ResetTimer()
	f()
	b.StopTimer()
	runtime.GC()
	runtime.ReadMemStats(&after)
	used := int64(after.HeapAlloc+after.StackInuse) - int64(before.HeapAlloc+before.StackInuse)
	b.ReportMetric(float64(used)/float64(b.N), "B/parked")
}

func newLoop(b *testing.B) *rt.Loop {
	l, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	return l
}
