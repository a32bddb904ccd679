package rt

import (
	"errors"
	"fmt"
	"math"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"
)

func TestImportsTheStandardLibraryAlone(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	if got := strings.Fields(string(out)); len(got) != 1 {
		t.Errorf("rt depends on %v, want the standard library alone", got)
	}
}

// TestSizes holds the table in the package comment.
func TestSizes(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("the table is for 64-bit machines")
	}
	for _, size := range []struct {
		what      string
		got, want uintptr
	}{
		{"Frame", unsafe.Sizeof(Frame{}), 24},
		{"Defers", unsafe.Sizeof(Defers{}), 24},
		{"Fiber", unsafe.Sizeof(Fiber{}), 80},
		{"Task", unsafe.Sizeof(Task[[100]byte]{}), 104},
		{"child", unsafe.Sizeof(child[[100]byte]{}), 112},
		{"FutureWaitOp", unsafe.Sizeof(FutureWaitOp[[100]byte]{}), 32},
		{"TaskWaitOp", unsafe.Sizeof(TaskWaitOp[[100]byte]{}), 32},
		{"SleepOp", unsafe.Sizeof(SleepOp{}), 32},
		{"YieldNowOp", unsafe.Sizeof(YieldNowOp{}), 8},
	} {
		if size.got != size.want {
			t.Errorf("%s takes %d bytes, want %d", size.what, size.got, size.want)
		}
	}
}

func TestReadyQueueKeepsPositions(t *testing.T) {
	q := newReadyQueue()
	made := map[int]*Fiber{}
	next, want := 0, 0
	push := func(n int) {
		for range n {
			made[next] = new(Fiber)
			q.push(made[next])
			next++
		}
	}
	pop := func(n int) {
		for range n {
			if fb := q.pop(); fb != made[want] {
				t.Fatalf("popped another one than %d", want)
			}
			want++
		}
	}
	push(50)
	end := q.tail
	pop(30)
	push(200) // grows, and wraps
	for q.head != end {
		pop(1)
	}
	if want != 50 {
		t.Errorf("the noted end is at %d, want 50", want)
	}
	for q.tail-q.head <= q.mask {
		push(1)
	}
	q.pushFront(made[want-1]) // into a full ring
	want--
	pop(int(q.tail - q.head))
	if !q.empty() {
		t.Error("not empty")
	}
}

func TestF20_CancelledTimersAreLetGo(t *testing.T) {
	s := newStage(t)
	for range 1_000_000 {
		s.CallLater(30*time.Second, func() {}).Cancel()
	}
	if n, c := len(s.timers.near.entries)+s.timers.wheel.below(wheelLevels), cap(s.timers.near.entries); n > 2*purgeAt || c > 8*purgeAt {
		t.Errorf("%d entries, room for %d, without a live timer", n, c)
	}
	// Sleeps that are cut short let go as well.
	for range 1_000 {
		task := SpawnOn(s.Loop, SleepAsync(time.Hour))
		s.Stop()
		s.Loop.Run()
		task.Cancel(nil)
		s.Stop()
		s.Loop.Run()
	}
	if n := len(s.timers.near.entries) + s.timers.wheel.below(wheelLevels); n > 2*purgeAt {
		t.Errorf("%d entries after sleeps that were cancelled", n)
	}
}

func TestF21_DurationsThatDoNotFit(t *testing.T) {
	s := newStage(t)
	s.CallAt(5, func() {
		s.CallLater(math.MaxInt64, func() { s.log("early") }).Cancel()
		if when := s.CallLater(math.MaxInt64, func() { s.log("the end of time") }).When(); when != math.MaxInt64 {
			t.Errorf("due at %d", when)
		}
		s.CallLater(math.MinInt64, func() { s.log("the past") })
		s.CallAt(math.MinInt64, func() { s.log("the beginning of time at %d", s.clock.Now()) })
	})
	for range 5 {
		s.Loop.run(func() bool { return true }, nil)
	}
	s.traced("the beginning of time at 5", "the past")
}

func TestTimerCancelledInItsTurn(t *testing.T) {
	s := newStage(t)
	var second *Timer
	s.CallAt(10, func() { s.log("first"); second.Cancel() })
	second = s.CallAt(10, func() { s.log("second") })
	s.settle()
	s.traced("first")
}

func TestPanicOfACallback(t *testing.T) {
	s := newStage(t)
	f := NewFutureOn[int](s.Loop)
	f.AddDoneCallback(func(*Future[int]) { panic("in a done callback") })
	f.SetResult(1)
	s.CallSoon(func() { panic("in a callback") })
	s.CallLater(1, func() { panic("in a timer") })
	s.Post(func() { panic("in a post") })
	s.CallSoon(func() { s.log("goes on") })
	s.settle()
	s.traced("goes on")
	var got []string
	for _, x := range s.unhandled {
		got = append(got, x.Value.(string))
	}
	if want := []string{"in a done callback", "in a callback", "in a post", "in a timer"}; !slices.Equal(got, want) {
		t.Errorf("unhandled %q, want %q", got, want)
	}
}

func TestPanicThatNobodyAwaitsEndsRun(t *testing.T) {
	s := newStage(t)
	s.Loop.unhandled = nil
	boom := errors.New("boom")
	failing := func() *coro {
		return newCoro(func(co *coro, fb *Fiber, state int32) bool {
			if co.yield.Init(); state == 0 && !co.yield.Start(fb, co) {
				return co.Suspend(1)
			}
			panic(boom)
		})
	}
	SpawnOn[int](s.Loop, failing())
	s.CallSoon(func() { s.CallSoon(func() { s.log("next") }) })
	if p := panicOf(s.settle); p != boom {
		t.Errorf("Run panics with %v", p)
	}
	s.traced()
	s.settle() // it may be run again
	s.traced("next")

	// Somebody who awaits takes it.
	failed := SpawnOn[int](s.Loop, failing())
	waiting := SpawnOn(s.Loop, failed.WaitAsync())
	called := false
	waiting.AddDoneCallback(func(*Task[int]) { called = true })
	s.settle()
	if p := panicOf(func() { waiting.Result() }); p != boom || !called {
		t.Errorf("the task that waited panics with %v, callback called: %v", p, called)
	}
	if !slices.Equal(waiting.failure().Stack, failed.failure().Stack) {
		t.Error("the failure has lost its stack on its way to the task that waited")
	}
}

func TestPanicOfAThunk(t *testing.T) {
	s := newStage(t)
	var task *Task[int]
	SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		task = SpawnIn(fb, func() Awaitable[int] { panic("boom") })
		return co.End()
	}))
	s.settle()
	if p := panicOf(func() { task.Result() }); p != "boom" || len(s.unhandled) != 1 {
		t.Errorf("Result panics with %v, unhandled %v", p, s.unhandled)
	}
}

func TestTasksOfOperations(t *testing.T) {
	s := newStage(t)
	f := NewFuture[int]()
	waiting := SpawnOn(s.Loop, f.WaitAsync())
	cancelled := SpawnOn(s.Loop, SleepAsync(time.Hour))
	late := SpawnOn(s.Loop, f.WaitAsync())
	late.Cancel(errX)
	s.Stop()
	s.Loop.Run()
	cancelled.Cancel(errY)
	f.SetResult(3)
	s.settle()
	for range 2 { // though an operation is asked once
		if v, err := waiting.Result(); v != 3 || err != nil {
			t.Errorf("result %v, %v", v, err)
		}
		if _, err := cancelled.Result(); !errors.Is(err, errY) || !cancelled.Canceled() {
			t.Errorf("error %v", err)
		}
		if _, err := late.Result(); !errors.Is(err, errX) || !late.Canceled() {
			t.Errorf("error %v", err)
		}
	}
	if s.tasks != 0 || s.Time() != 0 {
		t.Errorf("%d tasks left at %v", s.tasks, s.Time())
	}
}

func TestForeignGoroutineWaits(t *testing.T) {
	l, err := NewLoop(LoopOptions{Poller: newTimersPoller()})
	if err != nil {
		t.Fatal(err)
	}
	pending, set := NewFutureOn[int](l), NewFutureOn[int](l)
	set.SetResult(2)
	task := SpawnOn(l, pending.WaitAsync())
	results := make(chan string, 4)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		v, err := set.Wait()
		results <- fmt.Sprint("set ", v, err)
		l.Post(func() { pending.SetResult(1) })
		v, err = pending.Wait()
		results <- fmt.Sprint("pending ", v, err)
		v, err = task.Wait()
		results <- fmt.Sprint("task ", v, err)
		l.Post(l.Stop)
	}()
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
	<-ended
	for _, want := range []string{"set 2 <nil>", "pending 1 <nil>", "task 1 <nil>"} {
		if got := <-results; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}

	never := NewFutureOn[int](l)
	posted := make(chan error)
	go func() {
		_, err := never.Wait()
		posted <- err
	}()
	for { // until it has come through the door
		l.Stop()
		if l.Run(); never.line.first != nil {
			break
		}
		runtime.Gosched()
	}
	l.Close()
	if err := <-posted; err != ErrLoopClosed {
		t.Errorf("wait on a loop that closes: %v", err)
	}
	if _, err := never.Wait(); err != ErrLoopClosed {
		t.Errorf("wait on a closed loop: %v", err)
	}
	if m := misuse(t, func() { NewFuture[int]().Wait() }); !strings.Contains(m, "on a future of no loop") {
		t.Error(m)
	}
}

func TestBlockingFormOnTheLoop(t *testing.T) {
	s := newStage(t)
	f := NewFutureOn[int](s.Loop)
	s.CallSoon(func() {
		s.log("%s", misuse(t, func() { f.Wait() }))
		s.log("%s", misuse(t, func() { Sleep(1) }))
	})
	s.settle()
	s.traced("future.Wait() would block the loop it is called on", "rt.Sleep(d) would block the loop it is called on")
}

func TestForeignFutureAndTask(t *testing.T) {
	s, other := newStage(t), newStage(t)
	f := NewFutureOn[int](other.Loop)
	task := SpawnOn(other.Loop, f.WaitAsync())
	for _, aw := range []Awaitable[int]{f.WaitAsync(), task.WaitAsync()} {
		SpawnOn(s.Loop, aw)
	}
	self := NewFuture[*Task[int]]()
	var own TaskWaitOp[int]
	ownTask := SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		t, _ := self.Result()
		own.Init(t)
		return own.Start(fb, co)
	}))
	self.SetResult(ownTask)
	s.settle()
	for _, x := range s.unhandled {
		what, _, _ := strings.Cut(string(x.Value.(Misuse)), ":")
		_, what, _ = strings.Cut(string(x.Value.(Misuse))[len(what):], ": ")
		what, _, _ = strings.Cut(what, ":")
		s.log("%s", what)
	}
	s.traced("a task awaits a future of another loop", "a task awaits a task of another loop", "a task awaits itself and would wait for ever")
}

func TestTrace(t *testing.T) {
	s := newStage(t)
	f := NewFuture[int]()
	task := SpawnOn[int](s.Loop, awaits(s, f, "a", 1))
	s.settle()
	s.trace = nil
	s.SetTrace(func(e TraceEvent) {
		if e.Fiber != nil && e.Fiber != task.Fiber() {
			s.log("another fiber")
		}
		s.log("%v %s", e.Kind, e.Detail)
	})
	s.CallLater(10, func() { f.SetResult(1) })
	s.settle()
	s.traced("turn ", "wait ", "call ", "wake ", "turn ", "resume *rt.coro", "a0: 1, <nil>", "end ")
	s.SetTrace(nil)
	if s.Tracing() {
		t.Error("still tracing")
	}
}
