package rt

import (
	"sync"
	"testing"
)

// The benchmarks of locks, semaphores and queues await operations that are part of a frame, as generated code does.

// coroHeader is what their coroutines have in common: n iterations.
type coroHeader struct {
	Frame
	n, i int
}

func (co *coroHeader) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, nil
}

type lockCoro struct {
	coroHeader
	lock  *Lock
	call1 LockLockOp
}

func (co *lockCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }

// Resume runs: for range n { rt.Await0(lock.Lock()); lock.Unlock() }
func (co *lockCoro) Resume(fb *Fiber) (done bool) {
	if co.Enter() == 1 {
		goto await1
	}
for1:
	if co.i >= co.n {
		return co.End()
	}
	co.call1.Init(co.lock)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	co.call1.Result()
	co.lock.Unlock()
	co.i++
	goto for1
}

type semaphoreCoro struct {
	coroHeader
	semaphore *Semaphore
	call1     SemaphoreAcquireOp
}

func (co *semaphoreCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }

// Resume runs: for range n { rt.Await0(semaphore.Acquire()); semaphore.Release() }
func (co *semaphoreCoro) Resume(fb *Fiber) (done bool) {
	if co.Enter() == 1 {
		goto await1
	}
for1:
	if co.i >= co.n {
		return co.End()
	}
	co.call1.Init(co.semaphore)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	co.call1.Result()
	co.semaphore.Release()
	co.i++
	goto for1
}

type queueCoro struct {
	coroHeader
	queue *Queue[int]
	sum   int
	call1 QueuePutOp[int]
	call2 QueueGetOp[int]
}

func (co *queueCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }

// Resume runs: for i := range n { rt.Await0(queue.Put(i)); v, _ := rt.Await(queue.Get()); sum += v }
func (co *queueCoro) Resume(fb *Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	case 2:
		goto await2
	}
for1:
	if co.i >= co.n {
		return co.End()
	}
	co.call1.Init(co.queue, co.i)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	co.call1.Result()
	co.call2.Init(co.queue)
	if !co.call2.Start(fb, co) {
		return co.Suspend(2)
	}
await2:
	{
		v, _ := co.call2.Result()
		co.sum += v
	}
	co.i++
	goto for1
}

// putCoro puts n items into a queue and getCoro gets n.
type putCoro struct {
	coroHeader
	queue *Queue[int]
	call1 QueuePutOp[int]
}

func (co *putCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }

func (co *putCoro) Resume(fb *Fiber) (done bool) {
	if co.Enter() == 1 {
		goto await1
	}
for1:
	if co.i >= co.n {
		return co.End()
	}
	co.call1.Init(co.queue, co.i)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	co.call1.Result()
	co.i++
	goto for1
}

type getCoro struct {
	coroHeader
	queue *Queue[int]
	sum   int
	call1 QueueGetOp[int]
}

func (co *getCoro) Start(fb *Fiber, parent Resumable) bool { return co.Begin(fb, co, parent) }

func (co *getCoro) Resume(fb *Fiber) (done bool) {
	if co.Enter() == 1 {
		goto await1
	}
for1:
	if co.i >= co.n {
		return co.End()
	}
	co.call1.Init(co.queue)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	{
		v, _ := co.call1.Result()
		co.sum += v
	}
	co.i++
	goto for1
}

// benchTasks measures how long a loop runs until tasks have ended.
func benchTasks(b *testing.B, tasks ...Awaitable[struct{}]) {
	s := newBenchLoop(b)
	left := len(tasks)
	for _, co := range tasks {
		co.(Resumable).Base().Visible()
		SpawnOn(s.Loop, co).AddDoneCallback(func(*Task[struct{}]) {
			if left--; left == 0 {
				s.Stop()
			}
		})
	}
	b.ResetTimer()
	if err := s.Loop.Run(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkUncontended takes and gives back what nobody else wants, beside a lock and a buffered channel that goroutines share. An
// iteration is a pair of operations: lock and unlock, put and get.
func BenchmarkUncontended(b *testing.B) {
	b.Run("Lock", func(b *testing.B) {
		benchTasks(b, &lockCoro{coroHeader: coroHeader{n: b.N}, lock: NewLock()})
	})
	b.Run("sync.Mutex", func(b *testing.B) {
		var mu sync.Mutex
		n := 0
		for range b.N {
			mu.Lock()
			n++
			mu.Unlock()
		}
	})
	b.Run("Semaphore", func(b *testing.B) {
		benchTasks(b, &semaphoreCoro{coroHeader: coroHeader{n: b.N}, semaphore: NewSemaphore(3)})
	})
	b.Run("Queue", func(b *testing.B) {
		benchTasks(b, &queueCoro{coroHeader: coroHeader{n: b.N}, queue: NewQueue[int](16)})
	})
	b.Run("channel", func(b *testing.B) {
		c, sum := make(chan int, 16), 0
		for i := range b.N {
			c <- i
			sum += <-c
		}
	})
}

// BenchmarkHandOff passes items from one task to another through a queue for one item, and from one goroutine to another through
// an unbuffered channel.
func BenchmarkHandOff(b *testing.B) {
	b.Run("Queue", func(b *testing.B) {
		q := NewQueue[int](1)
		benchTasks(b, &getCoro{coroHeader: coroHeader{n: b.N}, queue: q}, &putCoro{coroHeader: coroHeader{n: b.N}, queue: q})
	})
	b.Run("channel", func(b *testing.B) {
		b.ReportAllocs()
		c, sum := make(chan int), 0
		go func() {
			for i := range b.N {
				c <- i
			}
			close(c)
		}()
		for v := range c {
			sum += v
		}
	})
}
