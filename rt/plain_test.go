package rt_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// The same programs in both forms, as the user writes them and as the generator would: run under the same script of
// completions and cancels, they must leave the same trace.

// diary is where a program's effects go.
type diary struct {
	loop    *rt.Loop
	entries []string
}

func (d *diary) log(format string, args ...any) {
	d.entries = append(d.entries, fmt.Sprintf("%v ", d.loop.Time())+fmt.Sprintf(format, args...))
}

// sameTrace runs plain and generated, each on a loop of its own, and compares what they log with want.
func sameTrace(t *testing.T, plain, generated func(d *diary) rt.Awaitable[int], script func(d *diary, task *rt.Task[int]), want ...string) {
	t.Helper()
	for name, start := range map[string]func(*diary) rt.Awaitable[int]{"plain": plain, "generated": generated} {
		loop, _ := rttest.NewLoop(t)
		d := &diary{loop: loop}
		task := rt.SpawnOn(loop, start(d))
		if script != nil {
			script(d, task)
		}
		v, err := rt.RunUntil(loop, task)
		d.log("= %v, %v", v, err)
		if !slices.Equal(d.entries, want) {
			t.Errorf("%s form\n got %q\nwant %q", name, d.entries, want)
		}
	}
}

// ---- interleaving and timers

// ticker logs n times, d apart, and returns how often.
func ticker(j *diary, name string, n int, d time.Duration) (int, error) {
	defer j.log("%s leaves", name)
	for i := range n {
		j.log("%s%d", name, i)
		if err := rt.Await0(rt.Sleep(d)); err != nil {
			return i, fmt.Errorf("%s: %w", name, err)
		}
	}
	return n, nil
}

type tickerCoro struct {
	rt.Frame
	rt.Defers

	j    *diary
	name string
	n    int
	d    time.Duration

	result int
	err    error

	i int

	call1 rt.SleepOp
}

func tickerAsync(j *diary, name string, n int, d time.Duration) rt.Awaitable[int] {
	co := &tickerCoro{j: j, name: name, n: n, d: d}
	co.Visible()
	return co
}

func (co *tickerCoro) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *tickerCoro) Result() (int, error)                         { co.Check(); return co.result, co.err }

func (co *tickerCoro) Resume(fb *rt.Fiber) (done bool) {
	state := co.Enter()
	defer co.Leave(fb, co, &done)
	switch state {
	case 1:
		goto await1
	}
	{
		j, name := co.j, co.name
		co.Defer(func() { j.log("%s leaves", name) })
	}
	co.i = 0
for1:
	if !(co.i < co.n) {
		goto end1
	}
	co.j.log("%s%d", co.name, co.i)
	co.call1.Init(co.d)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	if _, err := co.call1.Result(); err != nil {
		co.result, co.err = co.i, fmt.Errorf("%s: %w", co.name, err)
		return true
	}
	co.i++
	goto for1
end1:
	co.result, co.err = co.n, nil
	return true
}

// tickers spawns two tickers and waits for both.
func tickers(j *diary) (int, error) {
	a := rt.Spawn(func() (int, error) { return ticker(j, "a", 3, 2) })
	b := rt.Spawn(func() (int, error) { return ticker(j, "b", 2, 3) })
	j.log("spawned")
	x, err := rt.Await(a.Wait())
	j.log("a is %v, %v", x, err)
	y, err2 := rt.Await(b.Wait())
	j.log("b is %v, %v", y, err2)
	return x + y, errors.Join(err, err2)
}

type tickersCoro struct {
	rt.Frame

	j *diary

	result int
	err    error

	a, b *rt.Task[int]
	x    int
	e    error

	call1 rt.TaskWaitOp[int]
}

func tickersAsync(j *diary) rt.Awaitable[int] {
	co := &tickersCoro{j: j}
	co.Visible()
	return co
}

func (co *tickersCoro) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *tickersCoro) Result() (int, error)                         { co.Check(); return co.result, co.err }

func (co *tickersCoro) Resume(fb *rt.Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	case 2:
		goto await2
	}
	{
		j := co.j
		co.a = rt.SpawnIn(fb, func() rt.Awaitable[int] { return tickerAsync(j, "a", 3, 2) })
		co.b = rt.SpawnIn(fb, func() rt.Awaitable[int] { return tickerAsync(j, "b", 2, 3) })
	}
	co.j.log("spawned")
	co.call1.Init(co.a)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	co.x, co.e = co.call1.Result()
	co.j.log("a is %v, %v", co.x, co.e)
	co.call1.Init(co.b)
	if !co.call1.Start(fb, co) {
		return co.Suspend(2)
	}
await2:
	y, err2 := co.call1.Result()
	co.j.log("b is %v, %v", y, err2)
	co.result, co.err = co.x+y, errors.Join(co.e, err2)
	return co.End()
}

func TestPlainInterleaving(t *testing.T) {
	plain := func(j *diary) rt.Awaitable[int] { return rt.PlainAsync(func() (int, error) { return tickers(j) }) }
	sameTrace(t, plain, tickersAsync, nil,
		"0s spawned", "0s a0", "0s b0", "2ns a1", "3ns b1", "4ns a2", "6ns b leaves", "6ns a leaves",
		"6ns a is 3, <nil>", "6ns b is 2, <nil>", "6ns = 5, <nil>")
}

func TestPlainCancel(t *testing.T) {
	plain := func(j *diary) rt.Awaitable[int] {
		return rt.PlainAsync(func() (int, error) { return ticker(j, "t", 9, 2) })
	}
	generated := func(j *diary) rt.Awaitable[int] { return tickerAsync(j, "t", 9, 2) }
	stopped := errors.New("enough")
	err := fmt.Sprint(fmt.Errorf("t: %w", &rt.Canceled{Cause: stopped}))
	sameTrace(t, plain, generated, func(d *diary, task *rt.Task[int]) {
		d.loop.CallAt(3, func() { d.log("cancel"); task.Cancel(stopped) })
	}, "0s t0", "2ns t1", "3ns cancel", "3ns t leaves", "3ns = 1, "+err)

	// Before its first step it runs to its first await.
	sameTrace(t, plain, generated, func(d *diary, task *rt.Task[int]) { task.Cancel(stopped) },
		"0s t0", "0s t leaves", "0s = 0, "+err)

	// When it is woken already, the value is delivered and the next await fails.
	sameTrace(t, plain, generated, func(d *diary, task *rt.Task[int]) {
		d.loop.CallAt(2, func() {
			d.log("cancel")
			task.Cancel(stopped)
		})
	}, "0s t0", "2ns cancel", "2ns t1", "2ns t leaves", "2ns = 1, "+err)
}

// ---- futures and a panic that is recovered

// relay waits for each of in and passes what came on to out.
func relay(j *diary, in, out []*rt.Future[int]) (sum int, err error) {
	defer func() {
		if p := recover(); p != nil {
			j.log("recovered %v", p)
			err = fmt.Errorf("relay: %v", p)
		}
	}()
	for i, f := range in {
		v, err := rt.Await(positive(j, f))
		if err != nil {
			return sum, err
		}
		sum += v
		out[i].SetResult(v)
	}
	return sum, nil
}

// positive waits for f and panics if it is negative.
func positive(j *diary, f *rt.Future[int]) (int, error) {
	v, err := rt.Await(f.Wait())
	j.log("got %v", v)
	if v < 0 {
		panic("negative")
	}
	return v, err
}

type positiveCoro struct {
	rt.Frame
	j      *diary
	f      *rt.Future[int]
	result int
	err    error
	call1  rt.FutureWaitOp[int]
}

func (co *positiveCoro) Init(j *diary, f *rt.Future[int]) { co.Reset(); co.j, co.f = j, f }
func (co *positiveCoro) Start(fb *rt.Fiber, parent rt.Resumable) bool {
	return rt.Begin(fb, co, parent)
}
func (co *positiveCoro) Result() (int, error) { co.Check(); return co.result, co.err }

func (co *positiveCoro) Resume(fb *rt.Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	}
	co.call1.Init(co.f)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	v, err := co.call1.Result()
	co.j.log("got %v", v)
	if v < 0 {
		panic("negative")
	}
	co.result, co.err = v, err
	return co.End()
}

type relayCoro struct {
	rt.Frame
	rt.Defers

	j       *diary
	in, out []*rt.Future[int]

	sum int
	err error

	i int

	call1 positiveCoro
}

func relayAsync(j *diary, in, out []*rt.Future[int]) rt.Awaitable[int] {
	co := &relayCoro{j: j, in: in, out: out}
	co.Visible()
	return co
}

func (co *relayCoro) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *relayCoro) Result() (int, error)                         { co.Check(); return co.sum, co.err }

func (co *relayCoro) Resume(fb *rt.Fiber) (done bool) {
	state := co.Enter()
	defer co.Leave(fb, co, &done)
	switch state {
	case 1:
		goto await1
	}
	co.Defer(func() {
		if p := recover(); p != nil {
			co.j.log("recovered %v", p)
			co.err = fmt.Errorf("relay: %v", p)
		}
	})
	co.i = 0
for1:
	if !(co.i < len(co.in)) {
		goto end1
	}
	co.call1.Init(co.j, co.in[co.i])
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	{
		v, err := co.call1.Result()
		if err != nil {
			co.err = err
			return true
		}
		co.sum += v
		co.out[co.i].SetResult(v)
	}
	co.i++
	goto for1
end1:
	co.err = nil
	return true
}

func TestPlainFuturesAndPanics(t *testing.T) {
	for _, last := range []int{3, -1} {
		var in, out []*rt.Future[int]
		fresh := func() {
			in, out = nil, nil
			for range 3 {
				in, out = append(in, rt.NewFuture[int]()), append(out, rt.NewFuture[int]())
			}
		}
		plain := func(j *diary) rt.Awaitable[int] {
			fresh()
			return rt.PlainAsync(func() (int, error) { return relay(j, in, out) })
		}
		generated := func(j *diary) rt.Awaitable[int] { fresh(); return relayAsync(j, in, out) }
		script := func(d *diary, _ *rt.Task[int]) {
			in[0].SetResult(1) // before it is awaited
			for i, f := range out[:2] {
				rt.SpawnOn(d.loop, f.WaitAsync()).AddDoneCallback(func(*rt.Task[int]) { d.log("out %d", i) })
			}
			d.loop.CallAt(5, func() { in[1].SetResult(2); d.log("set") })
			d.loop.CallAt(7, func() { in[2].SetResult(last); d.log("set") })
		}
		want := []string{"0s got 1", "0s out 0", "5ns set", "5ns got 2", "5ns out 1", "7ns set", "7ns got 3", "7ns = 6, <nil>"}
		if last < 0 {
			want = append(want[:6], "7ns got -1", "7ns recovered negative", "7ns = 3, relay: negative")
		}
		sameTrace(t, plain, generated, script, want...)
	}
}

// ---- gather

// race gathers three tickers, the second of which fails.
func race(j *diary) (int, error) {
	counts, err := rt.Await(rt.Gather(
		func() (int, error) { return rt.Await(ticker(j, "a", 2, 2)) },
		func() (int, error) { return rt.Await(failing(j, 5)) },
		func() (int, error) { return rt.Await(ticker(j, "c", 9, 3)) },
	))
	return len(counts), err
}

// failing sleeps for d and fails.
func failing(j *diary, d time.Duration) (int, error) {
	if err := rt.Await0(rt.Sleep(d)); err != nil {
		return 0, err
	}
	j.log("fails")
	return 0, errors.New("lost")
}

type failingCoro struct {
	rt.Frame
	j      *diary
	d      time.Duration
	result int
	err    error
	call1  rt.SleepOp
}

func failingAsync(j *diary, d time.Duration) rt.Awaitable[int] {
	co := &failingCoro{j: j, d: d}
	co.Visible()
	return co
}

func (co *failingCoro) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *failingCoro) Result() (int, error)                         { co.Check(); return co.result, co.err }

func (co *failingCoro) Resume(fb *rt.Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	}
	co.call1.Init(co.d)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	if _, err := co.call1.Result(); err != nil {
		co.err = err
		return co.End()
	}
	co.j.log("fails")
	co.err = errors.New("lost")
	return co.End()
}

type raceCoro struct {
	rt.Frame
	j      *diary
	result int
	err    error
	call1  rt.GatherOp[int]
}

func raceAsync(j *diary) rt.Awaitable[int] {
	co := &raceCoro{j: j}
	co.Visible()
	return co
}

func (co *raceCoro) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *raceCoro) Result() (int, error)                         { co.Check(); return co.result, co.err }

func (co *raceCoro) Resume(fb *rt.Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	}
	co.call1.Init(
		func() rt.Awaitable[int] { return tickerAsync(co.j, "a", 2, 2) },
		func() rt.Awaitable[int] { return failingAsync(co.j, 5) },
		func() rt.Awaitable[int] { return tickerAsync(co.j, "c", 9, 3) },
	)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	counts, err := co.call1.Result()
	co.result, co.err = len(counts), err
	return co.End()
}

func TestPlainGather(t *testing.T) {
	plain := func(j *diary) rt.Awaitable[int] { return rt.PlainAsync(func() (int, error) { return race(j) }) }
	sameTrace(t, plain, raceAsync, nil,
		"0s a0", "0s c0", "2ns a1", "3ns c1", "4ns a leaves", "5ns fails", "5ns c leaves", "5ns = 0, lost")
	sameTrace(t, plain, raceAsync, func(d *diary, task *rt.Task[int]) {
		d.loop.CallAt(1, func() { d.log("cancel"); task.Cancel(nil) })
	}, "0s a0", "0s c0", "1ns cancel", "1ns a leaves", "1ns c leaves", "1ns = 0, "+fmt.Sprint(&rt.Canceled{}))
}

// ---- Run

func TestPlainRunUnderSynctest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var order []string
		n, err := rt.Run(func() (int, error) {
			slow := rt.Spawn(func() (int, error) {
				err := rt.Sleep(time.Hour)
				order = append(order, "slow")
				return 1, err
			})
			fast := rt.Spawn(func() (int, error) {
				err := rt.Sleep(time.Minute)
				order = append(order, "fast")
				return 2, err
			})
			a, err := slow.Wait()
			b, err2 := fast.Wait()
			return a + b, errors.Join(err, err2)
		})
		if n != 3 || err != nil || !slices.Equal(order, []string{"fast", "slow"}) {
			t.Errorf("got %v, %v in order %v", n, err, order)
		}
		if took := time.Since(begin); took != time.Hour {
			t.Errorf("took %v of the bubble's time, want an hour", took)
		}
	})
}
