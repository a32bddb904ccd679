package rt

import (
	"iter"
	"time"
)

// EachOn is Each for goroutines that are no tasks: it ranges over what source yields on l, and blocks while that waits.
//
//	for line, err := range rt.EachOn(l, c.lines) { // in a handler of net/http, say
//
// Source runs in a task of l for each value, and stands still while the body runs, which is no code of the loop. An error that it
// returns comes last, with no value, and so does ErrLoopClosed if l closes before; then source is dropped where it is. Leaving the
// loop closes source, as that of Each does. Cancel: what cancels l's tasks is delivered to what source awaits. In a task, where
// Each is what is meant, it panics with Misuse.
func EachOn[V any](l *Loop, source func(yield Yield[V, struct{}]) error) iter.Seq2[V, error] {
	return EachOnAsync(l, func() *AsyncGenerator[V, struct{}, struct{}] { return AsyncPull0(source) })
}

// EachOnAsync is EachOn for the generated form of a generator, or for queue.AllAsync and the like.
func EachOnAsync[V any](l *Loop, source func() *AsyncGenerator[V, struct{}, struct{}]) iter.Seq2[V, error] {
	return func(body func(V, error) bool) {
		if here() != (seat{}) {
			panic(Misuse("rt: rt.EachOn(l, source) in a task would block its loop: range over rt.Each(source)"))
		}
		g := source()
		eachFrom(body,
			func() (Pair[V, bool], error) { return spawnAndWait(l, g.NextAsync) },
			func() { spawnAndWait(l, g.CloseAsync) })
	}
}

// RunEach is Each where no loop runs: it ranges over what source yields on a loop of its own, that turns while the next value is
// waited for, on the calling goroutine. Tasks that source spawns stand still meanwhile, and are ended as by Run when source has.
// Where a loop runs on the calling goroutine it gives ErrLoopRunning, and a *DeadlockError as Run returns it.
func RunEach[V any](source func(yield Yield[V, struct{}]) error) iter.Seq2[V, error] {
	return RunEachWith(RunOptions{}, source)
}

// RunEachAsync is RunEach for the generated form of a generator:
//
//	for page, err := range rt.RunEachAsync(func() *rt.AsyncGenerator[page, struct{}, struct{}] { return crawlAsync(urls) }) {
func RunEachAsync[V any](source func() *AsyncGenerator[V, struct{}, struct{}]) iter.Seq2[V, error] {
	return RunEachAsyncWith(RunOptions{}, source)
}

// RunEachWith is RunEach with options. A *SurvivorsError comes last, with no value, unless the loop was left before.
func RunEachWith[V any](opts RunOptions, source func(yield Yield[V, struct{}]) error) iter.Seq2[V, error] {
	return RunEachAsyncWith(opts, func() *AsyncGenerator[V, struct{}, struct{}] { return AsyncPull0(source) })
}

// RunEachAsyncWith is RunEachAsync with options, as RunEachWith.
func RunEachAsyncWith[V any](opts RunOptions, source func() *AsyncGenerator[V, struct{}, struct{}]) iter.Seq2[V, error] {
	return func(body func(V, error) bool) {
		var none V
		if here().loop != nil {
			body(none, ErrLoopRunning)
			return
		}
		l, err := NewLoop(opts.Loop)
		if err != nil {
			body(none, err)
			return
		}
		l.private.Store(true)
		l.reports.Store(true)
		left := false
		survivors := runEach(l, opts.Grace, source, func(v V, err error) bool {
			left = !body(v, err)
			return !left
		})
		if survivors != nil && !left {
			body(none, survivors)
		}
	}
}

// runEach ranges over source on l, which it closes, and returns who has survived the grace at the end.
func runEach[V any](l *Loop, grace time.Duration, source func() *AsyncGenerator[V, struct{}, struct{}], body func(V, error) bool) (survivors *SurvivorsError) {
	l.runsOut = true
	defer l.Close()
	returned := false
	defer func() {
		if !returned { // a panic goes on, of body for example, and is not to be held up; or Goexit
			l.dying = true
		}
		l.runOut(l.graceUntil(grace))
		survivors = l.survivors(grace)
		if returned {
			l.takeLeft().passOn()
		}
	}()
	g := source()
	eachFrom(body,
		func() (Pair[V, bool], error) { return RunUntil(l, SpawnOn(l, g.NextAsync())) },
		func() { RunUntil(l, SpawnOn(l, g.CloseAsync())) })
	returned = true
	return nil
}

// eachFrom calls body with what next returns, until that reports false, and then with its error. If body ends it before, however
// that is, stop is called.
func eachFrom[V any](body func(V, error) bool, next func() (Pair[V, bool], error), stop func()) {
	ended := false
	defer func() {
		if !ended {
			stop()
		}
	}()
	for {
		ended = true // if next panics
		p, err := next()
		if !p.Second {
			if err != nil {
				body(p.First, err)
			}
			return
		}
		ended = false
		if !body(p.First, nil) {
			return
		}
	}
}
