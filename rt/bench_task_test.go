//go:build unix

package rt

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"
)

// joinCoro is a call of: func join(n int) { for range n { rt.Await(rt.Spawn(spin(0)).Wait()) } }
type joinCoro struct {
	Frame
	n, i  int
	call1 TaskWaitOp[struct{}]
}

func (co *joinCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }

func (co *joinCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, nil
}

func (co *joinCoro) Resume(fb *Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	}
for1:
	if co.i >= co.n {
		return co.End()
	}
	co.call1.Init(SpawnOn[struct{}](fb.Loop(), newSpin(0)))
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	co.call1.Result()
	co.i++
	goto for1
}

// BenchmarkSpawnBesideGoroutine begins, runs and joins a task that does nothing, and a goroutine with a WaitGroup, one after the other and a
// thousand at once. Goal: a ratio of 1/4, and at most 2 allocations.
func BenchmarkSpawnBesideGoroutine(b *testing.B) {
	const n = 100_000
	tasksInBatches := func(s *stage, batch int) {
		for range n / batch {
			for range batch {
				SpawnOn[struct{}](s.Loop, newSpin(0))
			}
			s.settle()
		}
	}
	tasksInTurn := func(s *stage, _ int) {
		co := &joinCoro{n: n}
		co.Visible()
		SpawnOn[struct{}](s.Loop, co)
		s.settle()
	}
	for _, by := range []struct {
		batch int
		spawn func(s *stage, batch int)
	}{{1, tasksInTurn}, {1000, tasksInBatches}} {
		b.Run(fmt.Sprint("batch=", by.batch), func(b *testing.B) {
			s := newStage(b)
			spawn := func() { by.spawn(s, by.batch) }
			var wg sync.WaitGroup
			beside(b, "cpu-ns", func() float64 { return cpuOf(n, spawn) }, func() float64 {
				return cpuOf(n, func() {
					for range n / by.batch {
						for range by.batch {
							wg.Go(func() {})
						}
						wg.Wait()
					}
				})
			})
			b.ReportMetric(testing.AllocsPerRun(1, spawn)/n, "allocs/task")
		})
	}
}

// napCoro is a call of: func nap(d time.Duration, awake *int) error { defer func() { *awake++ }(); return rt.Await0(rt.Sleep(d)) }
type napCoro struct {
	Frame
	Defers

	// Parameters.
	d     time.Duration
	awake *int

	// Results.
	err error

	// Calls that it awaits.
	call1 SleepOp
}

func (co *napCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }

func (co *napCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

func (co *napCoro) Resume(fb *Fiber) (done bool) {
	state := co.Enter()
	defer co.Leave(fb, co, &done)
	switch state {
	case 1:
		goto await1
	}
	co.Defer(func() { *co.awake++ })
	co.call1.Init(co.d)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	_, co.err = co.call1.Result()
	return true
}

// A crowd is many tasks, or goroutines, that sleep for an hour and more and count when they wake.
const crowd = 1_000_000

func nap(i int) time.Duration { return time.Hour + time.Duration(i)*time.Microsecond }

// napTasks returns a loop with a crowd of tasks asleep.
func napTasks(b *testing.B, awake *int) *stage {
	s := newStage(b)
	for i := range crowd {
		co := &napCoro{d: nap(i), awake: awake}
		co.Visible()
		SpawnOn[struct{}](s.Loop, co)
	}
	s.Stop()
	if err := s.Loop.Run(); err != nil {
		b.Fatal(err)
	}
	return s
}

// wakeTasks cancels the crowd and waits for its end.
func wakeTasks(b *testing.B, s *stage, awake *int) {
	s.root.cancel(errBenchOver)
	s.settle()
	if *awake != crowd {
		b.Fatalf("%d of %d tasks have run their deferred calls", *awake, crowd)
	}
}

type benchOver struct{}

func (benchOver) Error() string { return "the benchmark is over" }

var errBenchOver error = benchOver{}

// napGoroutines starts a crowd of goroutines; end wakes them and waits for their end.
func napGoroutines() (end func()) {
	var ready, done sync.WaitGroup
	over := make(chan struct{})
	ready.Add(crowd)
	var awake sync.Mutex
	n := 0
	for i := range crowd {
		done.Go(func() {
			defer func() { awake.Lock(); n++; awake.Unlock() }()
			t := time.NewTimer(nap(i))
			defer t.Stop()
			ready.Done()
			select {
			case <-t.C:
			case <-over:
			}
		})
	}
	ready.Wait()
	return func() { close(over); done.Wait() }
}

// BenchmarkNapBesideGoroutine has a million tasks asleep, with a deferred call each: the memory of each, as garbage collection leaves it.
// Goal: 280 bytes.
func BenchmarkNapBesideGoroutine(b *testing.B) {
	beside(b, "bytes", func() float64 {
		awake := 0
		before := heap()
		s := napTasks(b, &awake)
		s.settleRing()
		bytes := heap() - before
		wakeTasks(b, s, &awake)
		return float64(bytes) / crowd
	}, func() float64 {
		before := heap()
		end := napGoroutines()
		bytes := heap() - before
		end()
		return float64(bytes) / crowd
	})
}

// settleRing gives back the ring that the first steps of a crowd have needed, as idle turns do.
func (s *stage) settleRing() {
	for s.ready.mask >= minRing && len(s.ready.ring) > minRing {
		s.ready.settle()
	}
}

// BenchmarkCancelBesideGoroutine cancels a million tasks that are asleep and waits until all their deferred calls were made; the goroutines wait
// for a channel that is closed. Goal: 2 seconds.
func BenchmarkCancelBesideGoroutine(b *testing.B) {
	beside(b, "cpu-s", func() float64 {
		awake := 0
		s := napTasks(b, &awake)
		return cpuOf(1e9, func() { wakeTasks(b, s, &awake) })
	}, func() float64 {
		end := napGoroutines()
		return cpuOf(1e9, end)
	})
}

// BenchmarkGCBesideGoroutine collects garbage while a million tasks, or goroutines, are suspended. Goal: a ratio of 1/5.
func BenchmarkGCBesideGoroutine(b *testing.B) {
	collect := func() float64 {
		runtime.GC()
		return cpuOf(1e6, runtime.GC)
	}
	besideAlone(b, "cpu-ms", func() float64 {
		awake := 0
		s := napTasks(b, &awake)
		defer wakeTasks(b, s, &awake)
		return collect()
	}, func() float64 {
		defer napGoroutines()()
		return collect()
	})
}

// BenchmarkStepBesideFew makes a task take turns with itself on a loop with a million tasks asleep, and on one with ten. Goal: a ratio of 1.
func BenchmarkStepBesideFew(b *testing.B) {
	const n = 300_000
	awake := 0
	many, few := napTasks(b, &awake), newStage(b)
	for i := range 10 {
		co := &napCoro{d: nap(i), awake: &awake}
		co.Visible()
		SpawnOn[struct{}](few.Loop, co)
	}
	steps := func(s *stage) func() float64 {
		return func() float64 {
			return cpuOf(n, func() {
				t := SpawnOn[struct{}](s.Loop, newSpin(n))
				if err := s.Loop.run(t.Done, nil); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
	beside(b, "cpu-ns", steps(many), steps(few))
}
