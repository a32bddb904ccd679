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

// The programs of plain_programs_test.go, in both forms: run under the same script of
// completions and cancels, they must leave the same trace.

// traceOf runs what start returns under script, on a loop of its own, and returns the trace.
func traceOf(t *testing.T, start func(*diary) rt.Awaitable[int], script func(*diary, *rt.Task[int])) []string {
	loop, clock := rttest.NewLoop(t)
	d := &diary{loop: loop}
	task := rt.SpawnOn(loop, start(d))
	if script != nil {
		script(d, task)
	}
	v, err := rt.RunUntil(loop, task)
	d.log("= %v, %v", v, err)
	for loop.Tasks() > 0 { // what the program left behind
		clock.Advance(1)
		loop.Stop()
		if err := loop.Run(); err != nil {
			t.Fatal(err)
		}
	}
	return d.entries
}

// sameTrace runs plain and generated under script and compares their traces with want.
func sameTrace(t *testing.T, plain, generated func(*diary) rt.Awaitable[int], script func(*diary, *rt.Task[int]), want ...string) {
	t.Helper()
	for name, start := range map[string]func(*diary) rt.Awaitable[int]{"plain": plain, "generated": generated} {
		if got := traceOf(t, start, script); !slices.Equal(got, want) {
			t.Errorf("%s form\n got %q\nwant %q", name, got, want)
		}
	}
}

// plainly is the plain form of f.
func plainly(f func(*diary) (int, error)) func(*diary) rt.Awaitable[int] {
	return func(d *diary) rt.Awaitable[int] { return rt.PlainAsync(func() (int, error) { return f(d) }) }
}

func TestPlainInterleaving(t *testing.T) {
	sameTrace(t, plainly(tickers), tickersAsync, nil,
		"0s spawned", "0s a0", "0s b0", "2ns a1", "3ns b1", "4ns a2", "6ns b leaves", "6ns a leaves",
		"6ns a is 3, <nil>", "6ns b is 2, <nil>", "6ns = 5, <nil>")
}

func TestPlainCancel(t *testing.T) {
	plain := plainly(func(d *diary) (int, error) { return ticker(d, "t", 9, 2) })
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

func TestPlainGather(t *testing.T) {
	sameTrace(t, plainly(race), raceAsync, nil,
		"0s a0", "0s c0", "2ns a1", "3ns c1", "4ns a leaves", "5ns fails", "5ns c leaves", "5ns = 0, lost")
	sameTrace(t, plainly(race), raceAsync, func(d *diary, task *rt.Task[int]) {
		d.loop.CallAt(1, func() { d.log("cancel"); task.Cancel(nil) })
	}, "0s a0", "0s c0", "1ns cancel", "1ns a leaves", "1ns c leaves", "1ns = 0, "+fmt.Sprint(&rt.Canceled{}))
}

// TestPlainSweep cancels each program at every time and at every turn of the loop: whatever comes of it comes of both forms.
func TestPlainSweep(t *testing.T) {
	programs := []struct {
		name             string
		plain, generated func(*diary) rt.Awaitable[int]
	}{
		{"ticker", plainly(func(d *diary) (int, error) { return ticker(d, "t", 3, 2) }),
			func(d *diary) rt.Awaitable[int] { return tickerAsync(d, "t", 3, 2) }},
		{"tickers", plainly(tickers), tickersAsync},
		{"race", plainly(race), raceAsync},
	}
	stop := errors.New("stop")
	for _, p := range programs {
		different := make(map[string]bool)
		compare := func(what string, script func(*diary, *rt.Task[int])) {
			plain, generated := traceOf(t, p.plain, script), traceOf(t, p.generated, script)
			if !slices.Equal(plain, generated) {
				t.Errorf("%s, %s\n    plain %q\ngenerated %q", p.name, what, plain, generated)
			}
			different[fmt.Sprint(plain)] = true
		}
		for when := range time.Duration(8) {
			compare(fmt.Sprintf("cancelled at %d", when), func(d *diary, task *rt.Task[int]) {
				d.loop.CallAt(when, func() { d.log("cancel"); task.Cancel(stop) })
			})
			compare(fmt.Sprintf("cancelled twice at %d", when), func(d *diary, task *rt.Task[int]) {
				d.loop.CallAt(when, func() {
					d.log("cancel")
					task.Cancel(stop)
					d.loop.CallSoon(func() { d.log("cancel"); task.Cancel(nil) })
				})
			})
		}
		for turn := range 8 {
			compare(fmt.Sprintf("cancelled in turn %d", turn), func(d *diary, task *rt.Task[int]) {
				d.loop.Poller().(*rttest.Poller).OnWait(turn+1, func() { d.log("cancel"); task.Cancel(stop) })
			})
		}
		if len(different) < 8 {
			t.Errorf("%s: only %d different traces: the sweep misses the program", p.name, len(different))
		}
	}
}

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
