package rt_test

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/goasync/goasync/rt"
)

// Goroutines that are no tasks block, in line with the tasks.
func TestGoroutinesWaitWithTasks(t *testing.T) {
	w := newWorld(t)
	l, s, f := rt.NewLockOn(w.loop), rt.NewSemaphoreOn(w.loop, 1), rt.NewEventOn(w.loop)
	in, out := rt.NewQueueOn[int](w.loop, 1), rt.NewQueueOn[int](w.loop, 1)
	c := rt.NewCondition(l)
	shared, ready := 0, false
	var last atomic.Bool
	var users, goroutines sync.WaitGroup
	for range 4 {
		users.Go(func() {
			for range 10 {
				if err := l.Lock(); err != nil {
					t.Error(err)
				}
				w.loop.Post(func() { shared++; l.Unlock() })
				if err := s.Acquire(); err != nil {
					t.Error(err)
				}
				w.loop.Post(s.Release)
			}
		})
	}
	goroutines.Go(func() {
		sum := 0
		for {
			v, err := in.Get()
			if errors.Is(err, rt.ErrClosed) {
				break
			}
			sum += v
		}
		if err := out.Put(sum); err != nil {
			t.Error(err)
		}
		users.Wait()
		if err := f.Wait(); err != nil {
			t.Error(err)
		}
		if err := l.Lock(); err != nil {
			t.Error(err)
		}
		if err := c.WaitFor(func() bool { return ready }); err != nil {
			t.Error(err)
		}
		last.Store(true)
		if err := l.Lock(); !errors.Is(err, rt.ErrLoopClosed) { // it has the lock
			t.Errorf("error %v, want that the loop is closed", err)
		}
	})
	steps := []step{}
	for v := range 10 {
		steps = append(steps, w.puts(in, v))
	}
	steps = append(steps, do(in.Close), w.gets(out, "sum"), do(f.Set),
		w.locks(l, "task"), yield(), do(func() { ready = true; c.NotifyAll(); l.Unlock() }))
	w.run(w.spawn(steps...))
	ended := make(chan struct{})
	go func() {
		goroutines.Wait()
		close(ended)
	}()
	for shared < 40 || !last.Load() {
		w.turns(1)
		runtime.Gosched()
	}
	w.loop.Close()
	<-ended
	if sum := w.trace[len(w.trace)-2]; sum != "sum:45" {
		t.Errorf("trace %v", w.trace)
	}
}

func TestWaitsThatCannotBe(t *testing.T) {
	w := newWorld(t)
	calls := func(on *rt.Loop) []func() {
		l, s, f := rt.NewLockOn(on), rt.NewSemaphoreOn(on, 1), rt.NewEventOn(on)
		q, c := rt.NewQueueOn[int](on, 1), rt.NewCondition(l)
		b, news := rt.NewBarrierOn(on, 1), rt.NewBroadcastOn[int](on).Subscribe(1, rt.DropOldest)
		return []func(){
			func() { l.Lock() }, func() { s.Acquire() }, func() { f.Wait() }, func() { q.Put(1) }, func() { q.Get() },
			func() { q.Join() }, func() { b.Wait() }, func() { news.Get() },
			func() { c.Wait() }, func() { c.WaitFor(func() bool { return true }) },
		}
	}
	// Outside any task on what belongs to no loop, and on a loop's own goroutine.
	for _, f := range calls(nil) {
		misuse(t, f)
	}
	w.loop.CallSoon(func() {
		for _, f := range calls(w.loop) {
			misuse(t, f)
		}
	})
	w.turns(1)
	// Of a loop that is closed.
	w.loop.Close()
	if err := rt.NewLockOn(w.loop).Lock(); !errors.Is(err, rt.ErrLoopClosed) {
		t.Errorf("error %v", err)
	}
}

// Driven by hand there is no loop; what is handed over makes the coroutine ready all the same.
func TestQueueByHand(t *testing.T) {
	q := rt.NewQueue[string](1)
	co := rt.Drive(q.GetAsync())
	if waits, done := co.Send(); waits == nil || done {
		t.Errorf("waits for %v, done %v", waits, done)
	}
	q.TryPut("item")
	if _, done := co.Send(); !done {
		t.Error("not done")
	}
	if v, err := co.Result(); v != "item" || err != nil {
		t.Errorf("got %q, %v", v, err)
	}
	boom := errors.New("boom")
	co = rt.Drive(q.GetAsync())
	co.Send()
	co.Throw(boom)
	if _, err := co.Result(); err != boom {
		t.Errorf("error %v, want %v", err, boom)
	}
	if !q.TryPut("kept") || q.Len() != 1 {
		t.Error("an item went to who no longer waits")
	}
}

// working awaits embedded operations again and again.
type working struct {
	rt.Frame
	t      *testing.T
	rounds int
	lock   *rt.Lock
	sem    *rt.Semaphore
	flag   *rt.Event
	queue  *rt.Queue[[]byte]
	item   []byte
	meet   *rt.Barrier
	news   *rt.Broadcast[[]byte]
	hears  *rt.Subscription[[]byte]
	allocs float64
	call1  rt.LockLockOp
	call2  rt.SemaphoreAcquireOp
	call3  rt.EventWaitOp
	call4  rt.QueuePutOp[[]byte]
	call5  rt.QueueGetOp[[]byte]
	call6  rt.QueueJoinOp[[]byte]
	call7  rt.BarrierWaitOp
	call8  rt.SubscriptionGetOp[[]byte]
}

func (co *working) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *working) Result() (struct{}, error)                    { co.Check(); return struct{}{}, nil }

func (co *working) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter(); co.rounds == 0 {
		co.flag.Set()
		co.allocs = testing.AllocsPerRun(20, func() { co.round(fb) })
	}
	return co.End()
}

// round awaits each operation once, all of them ready.
func (co *working) round(fb *rt.Fiber) {
	co.rounds++
	ready := func(ok bool) {
		if !ok {
			co.t.Fatal("suspended")
		}
	}
	co.call1.Init(co.lock)
	ready(co.call1.Start(fb, co))
	co.call1.Result()
	co.call2.Init(co.sem)
	ready(co.call2.Start(fb, co))
	co.call2.Result()
	co.call3.Init(co.flag)
	ready(co.call3.Start(fb, co))
	co.call3.Result()
	co.call4.Init(co.queue, co.item)
	ready(co.call4.Start(fb, co))
	co.call4.Result()
	co.call5.Init(co.queue)
	ready(co.call5.Start(fb, co))
	if v, err := co.call5.Result(); &v[0] != &co.item[0] || err != nil {
		co.t.Errorf("got %v, %v", v, err)
	}
	co.queue.TaskDone()
	co.call6.Init(co.queue)
	ready(co.call6.Start(fb, co))
	co.call6.Result()
	co.call7.Init(co.meet)
	ready(co.call7.Start(fb, co))
	co.call7.Result()
	co.news.Send(co.item)
	co.call8.Init(co.hears)
	ready(co.call8.Start(fb, co))
	if v, err := co.call8.Result(); &v[0] != &co.item[0] || err != nil {
		co.t.Errorf("heard %v, %v", v, err)
	}
	if co.call1 != (rt.LockLockOp{}) || co.call2 != (rt.SemaphoreAcquireOp{}) || co.call3 != (rt.EventWaitOp{}) ||
		co.call6 != (rt.QueueJoinOp[[]byte]{}) || co.call7 != (rt.BarrierWaitOp{}) {
		co.t.Error("an operation that has ended refers to something")
	}
	co.sem.Release()
	co.lock.Unlock()
}

func TestEmbeddedOperationsAllocateNothing(t *testing.T) {
	rt.SkipInDebugMode(t)
	w := newWorld(t)
	co := &working{
		t: t, lock: rt.NewLock(), sem: rt.NewSemaphore(1), flag: rt.NewEvent(), queue: rt.NewQueue[[]byte](1), item: []byte("item"),
		meet: rt.NewBarrier(1), news: rt.NewBroadcast[[]byte](),
	}
	co.hears = co.news.Subscribe(1, rt.DropOldest)
	w.run(rt.SpawnOn(w.loop, rt.Awaitable[struct{}](co)))
	if co.allocs != 0 || co.rounds < 20 {
		t.Errorf("%v allocations a round, %d rounds", co.allocs, co.rounds)
	}
}
