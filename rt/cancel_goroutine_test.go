package rt_test

import (
	"context"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/goasync/goasync/rt"
)

// The meetings of operations whose other side is a goroutine. Nothing says when that is done, so no order of theirs can be chosen:
// they are run often, with the cancels, or the errors that are thrown in, in other turns.

// goroutineRuns is how often, with each kind of interruption.
const goroutineRuns = 240 // of 48 kinds

// repeated returns a test that runs a meeting often, on a loop with a clock of its own, in both forms. The meeting's give is called
// by a goroutine again and again, until it returns false, or all have ended.
func repeated(meet func(w *world) goroutineMeeting) func(t *testing.T) {
	return func(t *testing.T) {
		for _, kinds := range [][2]string{{"cancelled", "cancelled"}, {"thrown into", "thrown into"}, {"cancelled", "thrown into"}} {
			for run := range goroutineRuns {
				w := newRealWorld(t, run)
				w.meetingRun(meet(w), run, kinds[0], kinds[1])
				if n := w.loop.Tasks(); n > 0 {
					t.Errorf("%d tasks are left", n)
				}
				if t.Failed() {
					t.Fatalf("in run %d, in which tasks are first %s, then %s", run, kinds[0], kinds[1])
				}
			}
		}
	}
}

// meetingRun is one run of a meeting: one of its tasks is interrupted first, and then it or the other, in turns that the run's number says.
// In some runs that is when what they wait for has come, of which the loop does not know.
func (w *world) meetingRun(m goroutineMeeting, run int, first, then string) {
	ended, quit := make(chan struct{}), make(chan struct{})
	go func() { defer close(ended); m.other(quit) }()
	victims := []*victim{w.spawnVictim(m), w.spawnVictim(m)}
	var interrupts []step
	for range run / 2 % 12 {
		interrupts = append(interrupts, yield())
	}
	interrupt := func(v *victim, how string) step {
		return do(func() {
			for m.came != nil && run%3 == 0 && !m.came() {
				runtime.Gosched()
			}
			v.interrupt(how)
		})
	}
	interrupts = append(interrupts, interrupt(victims[0], first), yield(), interrupt(victims[run%4/2], then))
	for _, task := range []*rt.Task[struct{}]{victims[0].task, victims[1].task, w.spawn(interrupts...)} {
		w.run(task)
	}
	close(quit)
	<-ended
	m.check()
	for _, v := range victims {
		v.check(w)
	}
}

// victim is a task of a meeting that is interrupted.
type victim struct {
	task *rt.Task[struct{}]
	hows []string // the interruptions that came before its last await
	met  []error  // what came out of its awaits
	last bool     // the last await is about to be made
}

// spawnVictim spawns a task that waits twice.
func (w *world) spawnVictim(m goroutineMeeting) *victim {
	v := new(victim)
	meets := func(err error) error { v.met = append(v.met, err); return nil }
	v.task = w.spawn(
		nested(m.wait(), meets),
		await(rt.YieldNowAsync, none(meets)),
		nested(m.wait(), meets),
		await(func() rt.Awaitable[struct{}] { v.last = true; return rt.YieldNowAsync() }, none(meets)))
	return v
}

func (v *victim) interrupt(how string) {
	if !v.last {
		v.hows = append(v.hows, how)
	}
	interruptions[how](v.task)
}

// check checks that a cancel was met, and nothing else was met as one. Of a cancel and an error that is thrown in, one may take the other's
// place.
func (v *victim) check(w *world) {
	cancelled, thrown := slices.Contains(v.hows, "cancelled"), slices.Contains(v.hows, "thrown into")
	if met := slices.ContainsFunc(v.met, isCanceled); met != cancelled && !thrown {
		w.Errorf("cancelled %v, but what came is %v", cancelled, v.met)
	}
}

// goroutineMeeting is a meeting with a goroutine.
type goroutineMeeting struct {
	wait  func() []step
	other func(quit <-chan struct{}) // the goroutine, until quit is closed
	check func()
	came  func() bool // all that is waited for, though the loop may not know it; nil: it is not asked
}

// newRealWorld returns a world on the machine's clock. Which form it has, and whether both tasks of a meeting have room for a goroutine
// of Blocking, the run's number says.
func newRealWorld(t *testing.T, run int) *world {
	loop, err := rt.NewLoop(rt.LoopOptions{MaxBlocking: 1 + run/24%2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { loop.Close() })
	return &world{TB: t, loop: loop, plain: run%2 == 1}
}

// sends sends numbers into ch until quit, and counts those that somebody has received.
func (n *tally) sends(ch chan<- int) func(quit <-chan struct{}) {
	return func(quit <-chan struct{}) {
		for {
			select {
			case ch <- n.given:
				n.given++
			case <-quit:
				return
			}
		}
	}
}

func meetRecv(w *world) goroutineMeeting {
	ch, n := make(chan int), new(tally)
	return goroutineMeeting{
		wait: func() []step {
			return []step{call(
				func() rt.Awaitable[int] { return rt.RecvAsync(ch) }, func() (int, error) { return rt.Recv(ch) },
				func(_ int, err error) error { return n.counts(err) })}
		},
		other: n.sends(ch),
		check: func() {
			if n.given != n.got {
				w.Errorf("%d sent, %d received", n.given, n.got)
			}
		},
	}
}

// meetReceiver is the meeting of Recv and All of a Receiver.
func meetReceiver(w *world, receive func(r *rt.Receiver[int], then func(int, error) error) step) goroutineMeeting {
	ch, n := make(chan int), new(tally)
	r := rt.NewReceiverOn(w.loop, ch)
	return goroutineMeeting{
		wait:  func() []step { return []step{receive(r, func(_ int, err error) error { return n.counts(err) })} },
		other: n.sends(ch),
		check: func() {
			held := 0
			if r.Held() {
				held = 1
			}
			if n.given != n.got+held {
				w.Errorf("%d sent, %d received, %d held", n.given, n.got, held)
			}
		},
	}
}

func meetReceiverRecv(w *world) goroutineMeeting {
	return meetReceiver(w, func(r *rt.Receiver[int], then func(int, error) error) step {
		return call(r.RecvAsync, r.Recv, then)
	})
}

func meetReceiverAll(w *world) goroutineMeeting {
	return meetReceiver(w, func(r *rt.Receiver[int], then func(int, error) error) step {
		all := r.AllAsync()
		return call(all.NextAsync, func() (answer, error) { return firstOf(r.All) }, func(a answer, err error) error { return then(a.First, err) })
	})
}

func meetSendTo(w *world) goroutineMeeting {
	ch, n := make(chan int), new(tally)
	return goroutineMeeting{
		wait: func() []step {
			return []step{call0(
				func() rt.Awaitable[struct{}] { return rt.SendToAsync(ch, 1) }, func() error { return rt.SendTo(ch, 1) },
				n.counts)}
		},
		other: func(quit <-chan struct{}) {
			for {
				select {
				case <-ch:
					n.given++
				case <-quit:
					return
				}
			}
		},
		check: func() {
			if n.given != n.got {
				w.Errorf("%d received, %d sends were told so", n.given, n.got)
			}
		},
	}
}

// meetBlocking has each wait for a function that waits for the goroutine, or for its context: one that was abandoned must end by that.
func meetBlocking(w *world) goroutineMeeting {
	ticks := make(chan struct{})
	f := func(ctx context.Context) error {
		select {
		case <-ticks:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return goroutineMeeting{
		wait: func() []step {
			called := func() (struct{}, error) { return struct{}{}, rt.Blocking0(f) }
			return []step{call(func() rt.Awaitable[struct{}] { return rt.Blocking0Async(f) }, called, nil)}
		},
		other: func(quit <-chan struct{}) {
			for {
				select {
				case ticks <- struct{}{}:
				case <-quit:
					return
				}
			}
		},
		check: func() {
			for w.loop.BlockingNow() > 0 {
				w.run(w.spawn(ignored()))
			}
		},
	}
}

// meetOn has each wait for a function on another loop, which has ended when a cancel of the wait comes out. An error that is thrown into
// the wait ends that alone, and the function by and by.
func meetOn(w *world) goroutineMeeting {
	remote, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		w.Fatal(err)
	}
	var calls []*remoteCall
	return goroutineMeeting{
		wait: func() []step {
			c := new(remoteCall)
			calls = append(calls, c)
			one, plain := asFunc([]step{
				do(func() { c.runs.Store(true) }),
				nested([]step{yield(), yield(), yield()}, func(err error) error {
					c.runs.Store(false)
					c.ended.Store(true)
					return err
				}),
			})
			return []step{call(
				func() rt.Awaitable[struct{}] { c.waits = true; return rt.OnAsync(remote, one) },
				func() (struct{}, error) { c.waits = true; return rt.On(remote, plain) },
				func(_ struct{}, err error) error {
					c.waits = false
					if c.runs.Load() && (err == nil || isCanceled(err)) {
						w.Errorf("On has returned %v, and its function runs", err)
					}
					return err
				})}
		},
		came: func() bool {
			return !slices.ContainsFunc(calls, func(c *remoteCall) bool { return c.waits && !c.ended.Load() })
		},
		other: func(quit <-chan struct{}) {
			stopped := make(chan struct{})
			var stop func()
			stop = func() {
				if remote.Tasks() > 0 {
					remote.CallSoon(stop)
					return
				}
				remote.Stop()
			}
			go func() { defer close(stopped); <-quit; remote.Post(stop) }()
			if err := remote.Run(); err != nil {
				w.Error(err)
			}
			<-stopped
		},
		check: func() {
			if run := slices.ContainsFunc(calls, func(c *remoteCall) bool { return c.runs.Load() }); run || remote.Tasks() != 0 {
				w.Errorf("a function runs: %v; %d tasks are left on the other loop", run, remote.Tasks())
			}
			if err := remote.Close(); err != nil {
				w.Error(err)
			}
		},
	}
}

// remoteCall is one call of On.
type remoteCall struct {
	waits       bool // who calls; the calling loop's
	runs, ended atomic.Bool
}
