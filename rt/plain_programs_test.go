package rt_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
)

// Programs in both forms: plain functions as the user writes them, and coroutines as the generator would.

// diary is where a program's effects go.
type diary struct {
	loop    *rt.Loop
	entries []string
}

func (d *diary) log(format string, args ...any) {
	d.entries = append(d.entries, fmt.Sprintf("%v ", d.loop.Time())+fmt.Sprintf(format, args...))
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
