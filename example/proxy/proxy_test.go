package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"github.com/goasync/goasync/testdata/programs"
)

// A world is a proxy on a loop whose clock stands still, with a target that the script accepts from.
type world struct {
	*testing.T
	proxy   *proxy
	ln      *poll.Listener
	target  *poll.Listener
	clock   *rttest.Clock
	reports []error
	ended   error // what the proxy returned
}

// both has a script run beside a proxy, in both forms. Nothing may be left behind, and want is what the proxy has to say about it.
func both(t *testing.T, want string, plain func(w *world) error, generated func(w *world) rt.Awaitable[struct{}]) {
	t.Helper()
	bothWithin(t, defaults, want, plain, generated)
}

// bothWithin is both with other limits than the defaults.
func bothWithin(t *testing.T, limits limits, want string, plain func(w *world) error, generated func(w *world) rt.Awaitable[struct{}]) {
	t.Helper()
	form := func(run func(w *world, opts rt.RunOptions) error) func(io.Writer) error {
		return func(out io.Writer) error {
			w := newWorld(t, limits)
			defer w.target.Close()
			err := run(w, rt.RunOptions{Loop: rt.LoopOptions{Clock: w.clock}})
			fmt.Fprintln(out, &w.proxy.stats)
			return err
		}
	}
	programs.Check(t, want+"\n",
		form(func(w *world, opts rt.RunOptions) error {
			return rt.RunWith0(opts, func() error { return w.run(plain) })
		}),
		form(func(w *world, opts rt.RunOptions) error { return rt.RunAsyncWith0(opts, w.runAsync(generated)) }))
}

func newWorld(t *testing.T, limits limits) *world {
	w := &world{T: t, ln: listen(t), target: listen(t), clock: new(rttest.Clock)}
	w.proxy = newProxy(w.target.Addr().String(), limits)
	w.proxy.report = func(_ *poll.Conn, err error) { w.reports = append(w.reports, err) }
	return w
}

func listen(t *testing.T) *poll.Listener {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// run has the script run beside a proxy, which ends after it.
//
//async:func
func (w *world) run(script func(w *world) error) error {
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		defer w.ln.Close()
		g.Go(func() error {
			w.ended = rt.Await0(w.proxy.serve(w.ln))
			return nil
		})
		return rt.Await0(script(w))
	}))
}

// connect returns both ends of a session that has passed a byte.
//
//async:func
func (w *world) connect() (client, target *poll.Conn, err error) {
	if client, err = rt.Await(poll.Dial("tcp", w.ln.Addr().String())); err != nil {
		return nil, nil, err
	}
	if target, err = rt.Await(w.target.AcceptConn()); err != nil {
		client.Close()
		return nil, nil, err
	}
	if err = rt.Await0(move(client, target, []byte("x"))); err != nil {
		client.Close()
		target.Close()
		return nil, nil, err
	}
	return client, target, nil
}

// until lets the others run until done reports true.
//
//async:func
func until(done func() bool) error {
	for !done() {
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
	}
	return nil
}

// move sends data from one end of a session to the other.
//
//async:func
func move(from, to *poll.Conn, data []byte) error {
	return rt.Await0(rt.Gather0(
		func() error {
			_, err := rt.Await(from.Write(data))
			return err
		},
		func() error { return rt.Await0(receive(to, data)) },
	))
}

// finish ends the stream of one end of a session, and waits until the other one sees that.
//
//async:func
func finish(from, to *poll.Conn) error {
	if err := from.CloseWrite(); err != nil {
		return err
	}
	return rt.Await0(receiveEnd(to))
}

// broken fails unless the connection has been reset.
//
//async:func
func broken(c *poll.Conn) error {
	if n, err := rt.Await(c.Read(make([]byte, 1))); !errors.Is(err, syscall.ECONNRESET) {
		return fmt.Errorf("read %d bytes, %v, want a reset", n, err)
	}
	return nil
}

// One end sends all, and only then the other one answers: the client in one session, the target in the next.
func TestHalfClose(t *testing.T) {
	both(t, "20 sessions, at most 1 at a time: 0 without a target, 0 idle, 0 cut off, 0 broken; 20971540 bytes up, 20971520 down",
		halfClose, halfCloseAsync)
}

//async:func
func halfClose(w *world) error {
	data := randomBytes(1 << 20)
	for i := range 20 {
		a, b, err := rt.Await2(w.connect())
		if err != nil {
			return err
		}
		defer a.Close()
		defer b.Close()
		if i%2 == 1 {
			a, b = b, a
		}
		if err := rt.Await0(move(a, b, data)); err != nil {
			return err
		}
		if err := rt.Await0(finish(a, b)); err != nil {
			return err
		}
		if err := rt.Await0(move(b, a, data)); err != nil {
			return err
		}
		if err := rt.Await0(finish(b, a)); err != nil {
			return err
		}
		if err := rt.Await0(until(func() bool { return w.proxy.stats.open == 0 })); err != nil {
			return err
		}
	}
	return nil
}

// Without a target the client sees a reset.
func TestRefused(t *testing.T) {
	both(t, "1 sessions, at most 1 at a time: 1 without a target, 0 idle, 0 cut off, 0 broken; 0 bytes up, 0 down", refused, refusedAsync)
}

//async:func
func refused(w *world) error {
	w.target.Close()
	c, err := rt.Await(poll.Dial("tcp", w.ln.Addr().String()))
	if err != nil {
		return err
	}
	defer c.Close()
	if err := rt.Await0(broken(c)); err != nil {
		return err
	}
	if len(w.reports) != 1 || !errors.Is(w.reports[0], syscall.ECONNREFUSED) {
		w.Errorf("reports: %v", w.reports)
	}
	return nil
}

// A target that cannot be reached in time is as good as none. Here it is the lookup of its name that takes too long.
func TestDialTimeout(t *testing.T) {
	both(t, "1 sessions, at most 1 at a time: 1 without a target, 0 idle, 0 cut off, 0 broken; 0 bytes up, 0 down",
		dialTimeout, dialTimeoutAsync)
}

//async:func
func dialTimeout(w *world) error {
	var asked atomic.Bool
	w.proxy.target = "target.invalid:80"
	w.proxy.dialer.Resolver = silentResolver(&asked)
	c, err := rt.Await(poll.Dial("tcp", w.ln.Addr().String()))
	if err != nil {
		return err
	}
	defer c.Close()
	if err := rt.Await0(until(asked.Load)); err != nil {
		return err
	}
	w.clock.Advance(w.proxy.limits.dial)
	if err := rt.Await0(broken(c)); err != nil {
		return err
	}
	if len(w.reports) != 1 || !errors.Is(w.reports[0], context.DeadlineExceeded) {
		w.Errorf("reports: %v", w.reports)
	}
	return nil
}

// A session that still waits for its target when the grace is over is cut off like others. The target is not to blame.
func TestDrainDial(t *testing.T) {
	limits := defaults
	limits.grace = time.Millisecond // long before the dial ends by itself
	bothWithin(t, limits, "1 sessions, at most 1 at a time: 0 without a target, 0 idle, 1 cut off, 0 broken; 0 bytes up, 0 down",
		drainDial, drainDialAsync)
}

//async:func
func drainDial(w *world) error {
	var asked atomic.Bool
	w.proxy.target = "target.invalid:80"
	w.proxy.dialer.Resolver = silentResolver(&asked)
	c, err := rt.Await(poll.Dial("tcp", w.ln.Addr().String()))
	if err != nil {
		return err
	}
	defer c.Close()
	if err := rt.Await0(until(asked.Load)); err != nil {
		return err
	}
	w.ln.Close()
	if err := rt.Await0(until(func() bool {
		w.clock.Advance(w.proxy.grace)
		return w.ended != nil
	})); err != nil {
		return err
	}
	return rt.Await0(broken(c))
}

// silentResolver returns a resolver that gets no answers. It sets asked when it asks.
func silentResolver(asked *atomic.Bool) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		asked.Store(true)
		<-ctx.Done()
		return nil, ctx.Err()
	}}
}

// A reset is passed on, whoever has sent it.
func TestReset(t *testing.T) {
	both(t, "2 sessions, at most 1 at a time: 0 without a target, 0 idle, 0 cut off, 2 broken; 2 bytes up, 0 down", resets, resetsAsync)
}

//async:func
func resets(w *world) error {
	for _, first := range []string{"client", "target"} {
		a, b, err := rt.Await2(w.connect())
		if err != nil {
			return err
		}
		defer a.Close()
		defer b.Close()
		if first == "target" {
			a, b = b, a
		}
		a.CloseNow()
		if err := rt.Await0(broken(b)); err != nil {
			return err
		}
	}
	return nil
}

// While something moves, in whatever direction, a session goes on.
func TestIdle(t *testing.T) {
	both(t, "1 sessions, at most 1 at a time: 0 without a target, 1 idle, 0 cut off, 0 broken; 11 bytes up, 10 down", idle, idleAsync)
}

//async:func
func idle(w *world) error {
	client, target, err := rt.Await2(w.connect())
	if err != nil {
		return err
	}
	defer client.Close()
	defer target.Close()
	for range 10 {
		w.clock.Advance(w.proxy.idle - 1)
		if err := rt.Await0(move(client, target, []byte("x"))); err != nil {
			return err
		}
		w.clock.Advance(w.proxy.idle - 1)
		if err := rt.Await0(move(target, client, []byte("x"))); err != nil {
			return err
		}
	}
	w.clock.Advance(w.proxy.idle)
	if err := rt.Await0(until(func() bool { return w.proxy.stats.open == 0 })); err != nil {
		return err
	}
	if err := rt.Await0(broken(client)); err != nil {
		return err
	}
	return rt.Await0(broken(target))
}

// Who does not read holds up who writes. Meanwhile the proxy keeps little, for as long as it gives them.
func TestNeverReads(t *testing.T) {
	both(t, "1 sessions, at most 1 at a time: 0 without a target, 1 idle, 0 cut off, 0 broken; 0 bytes up, 0 down", neverReads, neverReadsAsync)
}

//async:func
func neverReads(w *world) error {
	client, target, err := rt.Await2(w.connect())
	if err != nil {
		return err
	}
	defer client.Close()
	defer target.Close()
	const all, turns, little = 1 << 30, 1000, 1 << 20
	before, most := memory(), 0
	sent := 0
	writing := rt.Spawn0(func() error {
		chunk := make([]byte, 64<<10)
		for sent < all {
			n, err := rt.Await(client.Write(chunk))
			sent += n
			if err != nil {
				return err
			}
		}
		return nil
	})
	last, quiet := 0, 0
	if err := rt.Await0(until(func() bool {
		if quiet++; sent != last {
			last, quiet = sent, 0
		}
		if quiet == turns { // the system stores no more
			quiet = 0
			most = max(most, memory()-before)
			w.clock.Advance(w.proxy.idle)
		}
		return w.proxy.stats.open == 0
	})); err != nil {
		return err
	}
	if _, err := rt.Await(writing.Wait()); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		w.Errorf("the client sent %d bytes, and then %v, want a reset", sent, err)
	}
	if most > little {
		w.Errorf("with %d bytes sent the proxy used %d bytes of memory, want at most %d", sent, most, little)
	}
	w.Logf("bytes sent: %d, passed on: %d, memory: %d", sent, w.proxy.stats.up, most)
	w.proxy.stats.up = 0 // depends on the system
	return nil
}

// memory returns how many bytes of the heap are in use.
func memory() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Sessions have the grace to end by themselves; those that do not are cut off.
func TestDrain(t *testing.T) {
	both(t, "2 sessions, at most 2 at a time: 0 without a target, 0 idle, 1 cut off, 0 broken; 3 bytes up, 1 down", drain, drainAsync)
}

//async:func
func drain(w *world) error {
	client, target, err := rt.Await2(w.connect())
	if err != nil {
		return err
	}
	defer client.Close()
	defer target.Close()
	client2, target2, err := rt.Await2(w.connect())
	if err != nil {
		return err
	}
	defer client2.Close()
	defer target2.Close()

	w.ln.Close()
	if err := rt.Await0(move(client, target, []byte("y"))); err != nil {
		return err
	}
	if err := rt.Await0(finish(client, target)); err != nil {
		return err
	}
	if err := rt.Await0(move(target, client, []byte("y"))); err != nil {
		return err
	}
	if err := rt.Await0(finish(target, client)); err != nil {
		return err
	}
	if err := rt.Await0(until(func() bool { return w.proxy.stats.open == 1 })); err != nil {
		return err
	}
	w.clock.Advance(w.proxy.grace)
	if err := rt.Await0(until(func() bool { return w.ended != nil })); err != nil {
		return err
	}
	if cut, ok := errors.AsType[*poll.SurvivorsError](w.ended); !ok || len(cut.Peers) != 1 {
		w.Errorf("the proxy returned %v, want one survivor", w.ended)
	}
	if err := rt.Await0(broken(client2)); err != nil {
		return err
	}
	return rt.Await0(broken(target2))
}
