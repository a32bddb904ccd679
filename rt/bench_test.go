package rt

import (
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
)

// Each benchmark stands beside what a program would use instead. Coroutines are written out as goasync generates them.

func newBenchLoop(b *testing.B) *stage {
	b.Helper()
	b.ReportAllocs()
	return newStage(b)
}

// spinCoro is a call of: func spin(n int) error { for range n { rt.Await0(rt.YieldNow()) }; return nil }
type spinCoro struct {
	Frame
	n, i  int
	err   error
	call1 YieldNowOp
}

func newSpin(n int) *spinCoro {
	co := &spinCoro{n: n}
	co.Visible()
	return co
}

func (co *spinCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }

func (co *spinCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

func (co *spinCoro) Resume(fb *Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	}
	co.i = 0
for1:
	if co.i >= co.n {
		return co.End()
	}
	co.call1.Init()
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	if _, err := co.call1.Result(); err != nil {
		co.err = err
		return co.End()
	}
	co.i++
	goto for1
}

// BenchmarkSwitch has tasks take turns by rt.YieldNow, and goroutines by runtime.Gosched on one processor.
func BenchmarkSwitch(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("tasks=%d", n), func(b *testing.B) {
			s := newBenchLoop(b)
			for range n {
				SpawnOn[struct{}](s.Loop, newSpin(b.N/n+1))
			}
			b.ResetTimer()
			s.settle()
		})
	}
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("goroutines=%d", n), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			b.ReportAllocs()
			var wg sync.WaitGroup
			for range n {
				wg.Go(func() {
					for range b.N/n + 1 {
						runtime.Gosched()
					}
				})
			}
			b.ResetTimer()
			wg.Wait()
		})
	}
}

// nestCoro is a call of: func nest(depth, n int) error { if depth == 0 { return spin(n) }; return nest(depth-1, n) }, with awaits.
type nestCoro struct {
	Frame
	depth, n int
	err      error
	call1    spinCoro
	call2    *nestCoro
}

func (co *nestCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }

func (co *nestCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

func (co *nestCoro) Resume(fb *Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	case 2:
		goto await2
	}
	if co.depth > 0 {
		goto else1
	}
	co.call1.Reset()
	co.call1.n = co.n
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	_, co.err = co.call1.Result()
	return co.End()
else1:
	co.call2 = &nestCoro{depth: co.depth - 1, n: co.n}
	if !co.call2.Start(fb, co) {
		return co.Suspend(2)
	}
await2:
	_, co.err = co.call2.Result()
	return co.End()
}

// BenchmarkResumeAtDepth resumes a task that is suspended in a call that many levels deep: the depth does not matter.
func BenchmarkResumeAtDepth(b *testing.B) {
	for _, depth := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("depth=%d", depth), func(b *testing.B) {
			s := newBenchLoop(b)
			co := &nestCoro{depth: depth - 1, n: b.N}
			co.Visible()
			SpawnOn[struct{}](s.Loop, co)
			s.Stop()
			s.Loop.Run() // the descent
			b.ResetTimer()
			s.settle()
		})
	}
}

// addCoro is a call of: func add(a, b int) (int, error) { return a + b, nil }
type addCoro struct {
	Frame
	a, b, result int
	err          error
}

func (co *addCoro) Init(a, b int) {
	co.Reset()
	co.a, co.b = a, b
}

func (co *addCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }

func (co *addCoro) Result() (int, error) {
	co.Check()
	return co.result, co.err
}

func (co *addCoro) Resume(fb *Fiber) (done bool) {
	co.Enter()
	co.result = co.a + co.b
	return co.End()
}

// addDeferCoro is addCoro of a function that defers.
type addDeferCoro struct {
	Frame
	Defers
	a, b, result int
	err          error
}

func (co *addDeferCoro) Init(a, b int) {
	co.Reset()
	co.a, co.b = a, b
}

func (co *addDeferCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }

func (co *addDeferCoro) Result() (int, error) {
	co.Check()
	return co.result, co.err
}

func (co *addDeferCoro) Resume(fb *Fiber) (done bool) {
	co.Enter()
	defer co.Leave(fb, co, &done)
	co.result = co.a + co.b
	return true
}

// sumCoro awaits what does not suspend, n times.
type sumCoro struct {
	Frame
	what      string
	n, i, sum int
	future    *Future[int]

	call1 addCoro
	call2 addDeferCoro
	call3 FutureWaitOp[int]
	call4 *addCoro
}

func (co *sumCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }
func (co *sumCoro) Result() (int, error)                   { return co.sum, nil }

func (co *sumCoro) Resume(fb *Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	}
	switch co.what {
	case "call":
		for co.i = 0; co.i < co.n; co.i++ {
			co.call1.Init(co.sum, co.i)
			if !co.call1.Start(fb, co) {
				return co.Suspend(2)
			}
			co.sum, _ = co.call1.Result()
		}
	case "call that defers":
		for co.i = 0; co.i < co.n; co.i++ {
			co.call2.Init(co.sum, co.i)
			if !co.call2.Start(fb, co) {
				return co.Suspend(2)
			}
			co.sum, _ = co.call2.Result()
		}
	case "call through a variable":
		for co.i = 0; co.i < co.n; co.i++ {
			co.call4 = new(addCoro)
			co.call4.Init(co.sum, co.i)
			co.call4.Visible()
			if !co.call4.Start(fb, co) {
				return co.Suspend(2)
			}
			co.sum, _ = co.call4.Result()
		}
	case "future that is done":
		goto for1
	}
	return co.End()

for1:
	if co.i >= co.n {
		return co.End()
	}
	co.call3.Init(co.future)
	if !co.call3.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	{
		v, _ := co.call3.Result()
		co.sum += v
	}
	co.i++
	goto for1
}

//go:noinline
func add(a, b int) (int, error) { return a + b, nil }

// BenchmarkAwaitNotSuspending awaits what is done at once. The frame of a call is a field of its caller's; that of a call through
// a variable or an interface is allocated.
func BenchmarkAwaitNotSuspending(b *testing.B) {
	for _, what := range []string{"call", "call that defers", "call through a variable", "future that is done"} {
		b.Run(what, func(b *testing.B) {
			s := newBenchLoop(b)
			co := &sumCoro{what: what, n: b.N, future: doneFuture(1)}
			co.Visible()
			SpawnOn[int](s.Loop, co)
			b.ResetTimer()
			s.settle()
		})
	}
	b.Run("plain call", func(b *testing.B) {
		sum := 0
		for i := range b.N {
			sum, _ = add(sum, i)
		}
	})
}

// countCoro is a generator that yields n numbers.
type countCoro struct {
	coro
	n, i int
	out  *Yielder[int, string]
}

func (co *countCoro) Yields(y *Yielder[int, string]) { co.out = y }

func (co *countCoro) Resume(fb *Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto yield1
	}
for1:
	if co.i >= co.n {
		return co.End()
	}
	co.out.Yield(fb, co, co.i)
	return co.Suspend(1)
yield1:
	co.out.Received()
	co.i++
	goto for1
}

// BenchmarkNext takes the next value of a generator, and of the same one written with iter.Pull.
func BenchmarkNext(b *testing.B) {
	b.Run("generator", func(b *testing.B) {
		b.ReportAllocs()
		co := &countCoro{n: b.N}
		co.Visible()
		g := NewGenerator[int, string, int](co)
		for _, ok := g.Next(); ok; _, ok = g.Next() {
		}
	})
	b.Run("iter.Pull", func(b *testing.B) {
		next, stop := iter.Pull(func(yield func(int) bool) {
			for i := range b.N {
				if !yield(i) {
					return
				}
			}
		})
		defer stop()
		for _, ok := next(); ok; _, ok = next() {
		}
	})
}

// BenchmarkSpawn begins and ends tasks, and goroutines, that do nothing.
func BenchmarkSpawn(b *testing.B) {
	b.Run("task", func(b *testing.B) {
		s := newBenchLoop(b)
		for i := range b.N {
			SpawnOn[struct{}](s.Loop, newSpin(0))
			if i%1000 == 999 {
				s.settle()
			}
		}
		s.settle()
	})
	b.Run("goroutine", func(b *testing.B) {
		b.ReportAllocs()
		var wg sync.WaitGroup
		for i := range b.N {
			wg.Go(func() {})
			if i%1000 == 999 {
				wg.Wait()
			}
		}
		wg.Wait()
	})
}

// parkCoro is a call of: func park(f *rt.Future[int], v int) (int, error) { _, err := rt.Await(f.Wait()); return v, err }
type parkCoro struct {
	Frame
	future *Future[int]
	v      int
	call1  FutureWaitOp[int]
}

func (co *parkCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }

func (co *parkCoro) Result() (int, error) {
	co.Check()
	return co.v, nil
}

func (co *parkCoro) Resume(fb *Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	}
	co.call1.Init(co.future)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	co.call1.Result()
	return co.End()
}

func heap() (bytes uint64) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// BenchmarkPark creates tasks, or goroutines, that wait for one future, or channel, and hold two words. It reports the time and
// the memory of each, without garbage collections, which would measure the heap of the benchmark.
func BenchmarkPark(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	const batch = 100_000
	b.Run("task", func(b *testing.B) {
		s := newBenchLoop(b)
		var bytes uint64
		for range b.N {
			b.StopTimer()
			f := NewFuture[int]()
			s.ready.ring, s.ready.mask = make([]*Fiber, 1<<18), 1<<18-1 // not a task's
			before := heap()
			b.StartTimer()
			for i := range batch {
				co := &parkCoro{future: f, v: i}
				co.Visible()
				SpawnOn[int](s.Loop, co)
			}
			s.settle()
			b.StopTimer()
			bytes += heap() - before
			f.SetResult(1)
			s.settle()
		}
		b.ReportMetric(float64(bytes)/float64(b.N)/batch, "bytes/task")
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/batch, "ns/task")
	})
	b.Run("goroutine", func(b *testing.B) {
		b.ReportAllocs()
		var bytes uint64
		for range b.N {
			b.StopTimer()
			var ready, done sync.WaitGroup
			c := make(chan int)
			before := heap()
			b.StartTimer()
			for i := range batch {
				ready.Add(1)
				done.Go(func() {
					ready.Done()
					<-c
					_ = i
				})
			}
			ready.Wait()
			b.StopTimer()
			bytes += heap() - before
			close(c)
			done.Wait()
		}
		b.ReportMetric(float64(bytes)/float64(b.N)/batch, "bytes/task")
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/batch, "ns/task")
	})
}
