package rt_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// A logged is a test of async generators: what happened, in order.
type logged struct {
	*testing.T
	lines []string
}

func (l *logged) log(values ...any) {
	l.lines = append(l.lines, strings.TrimSpace(fmt.Sprintln(values...)))
}

// expect compares what was logged.
func (l *logged) expect(want ...string) {
	l.Helper()
	if !slices.Equal(l.lines, want) {
		l.Errorf("it was\n\t%s\nwant\n\t%s", strings.Join(l.lines, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// run runs f as a plain task, and compares what it logged.
func (l *logged) run(f func() error, want ...string) {
	l.Helper()
	l.lines = nil
	if err := rt.Run0(f); err != nil {
		l.log("run", err)
	}
	l.expect(want...)
}

// naturals yields 1, 2 and so on, and lets others run before each. It ends at the second error.
func (l *logged) naturals() *rt.AsyncGenerator[int, string, int] {
	return rt.AsyncPull(func(yield rt.Yield[int, string]) (int, error) {
		for n, errs := 1, 0; ; n++ {
			if err := rt.YieldNow(); err != nil {
				return n, err
			}
			got, err := yield(n)
			l.log("got", got, err)
			if err != nil {
				if errs++; errs == 2 {
					return n, err
				}
			}
		}
	})
}

func TestAsyncGeneratorTurns(t *testing.T) {
	l := &logged{T: t}
	g := l.naturals()
	l.run(func() error {
		l.log(g.Next())
		// The next value is asked for by another task, in which the generator then runs.
		_, err := rt.Spawn0(func() error {
			l.log(g.Send("a"))
			return nil
		}).Wait()
		l.log(g.Throw(errors.New("x")))
		l.log(g.Close(), g.Close())
		l.log(g.Next())
		return err
	}, "1 true <nil>", "got a <nil>", "2 true <nil>", "got  x", "3 true <nil>", "got  "+rt.ErrGeneratorExit.Error(), "<nil> <nil>", "0 false <nil>")
	if n, err := g.Result(); n != 3 || err != rt.ErrGeneratorExit {
		t.Errorf("result %d, %v", n, err)
	}
}

func TestAsyncGeneratorCancel(t *testing.T) {
	l := &logged{T: t}
	g := rt.AsyncPull0(func(yield rt.Yield[int, struct{}]) error {
		err := rt.Sleep(time.Hour)
		l.log("first", errors.Is(err, context.Canceled))
		yield(1) // all the same
		err = rt.Sleep(time.Hour)
		l.log("second", errors.Is(err, context.Canceled))
		return err
	})
	l.run(func() error {
		asker := rt.Spawn0(func() error {
			l.log(g.Next())
			_, ok, err := g.Next()
			l.log(ok, errors.Is(err, context.Canceled))
			return err
		})
		for range 2 {
			if err := rt.YieldNow(); err != nil {
				return err
			}
			asker.Cancel(nil)
			if err := rt.YieldNow(); err != nil {
				return err
			}
		}
		_, err := asker.Wait()
		l.log(errors.Is(err, rt.ErrTaskCanceled))
		return nil
	}, "first true", "1 true <nil>", "second true", "false true", "true")
}

func TestAsyncGeneratorTimeout(t *testing.T) {
	l := &logged{T: t}
	g := rt.AsyncPull0(func(yield rt.Yield[int, struct{}]) error {
		yield(1)
		return rt.Sleep(time.Hour)
	})
	l.run(func() error {
		l.log(g.Next())
		err := rt.Timeout0(time.Millisecond, func() error {
			_, _, err := g.Next()
			return err
		})
		l.log(errors.Is(err, context.DeadlineExceeded))
		return nil
	}, "1 true <nil>", "true")
}

func TestAsyncGeneratorEnds(t *testing.T) {
	l := &logged{T: t}
	l.run(func() error {
		l.log(l.naturals().Close())
		g := l.naturals()
		l.log(g.Throw(errors.New("x")))
		_, err := g.Result()
		l.log(err)
		l.log(g.Next())
		g = l.naturals()
		g.Next()
		l.log(g.Close()) // it swallows the first error
		l.log(g.Close())
		g = rt.AsyncPull(func(rt.Yield[int, string]) (int, error) { panic("boom") })
		func() {
			defer func() { l.log("recovered", recover()) }()
			g.Next()
		}()
		l.log(g.Next())
		return nil
	}, "<nil>", "0 false x", "x", "0 false <nil>",
		"got  "+rt.ErrGeneratorExit.Error(), rt.ErrCloseIgnored.Error(), "got  "+rt.ErrGeneratorExit.Error(), "<nil>",
		"recovered boom", "0 false <nil>")
}

func TestAsyncGeneratorMisuse(t *testing.T) {
	l := &logged{T: t}
	g := l.naturals()
	if m := misuse(t, func() { g.Next() }); !strings.HasPrefix(string(m), "rt: g.Next() of an async generator where no task runs") {
		t.Error(m)
	}
	misused := func(f func()) {
		_, text, _ := strings.Cut(string(misuse(t, f)), ": ")
		l.log(text)
	}
	l.run(func() error {
		misused(func() { g.Send("x") })
		other := rt.Spawn0(func() error {
			_, _, err := g.Next()
			return err
		})
		if err := rt.YieldNow(); err != nil {
			return err
		}
		misused(func() { g.Next() })
		misused(func() { g.From(nil) })
		_, err := other.Wait()
		return err
	}, "Send to a generator that has not begun, where no yield could return the value: call Next first",
		"the async generator is already running: ask for one value at a time, and not from within itself",
		"delegation to a generator that has begun: pass yield to a new call")
}
