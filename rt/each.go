package rt

import "iter"

// Each is the async for: it ranges over what an async generator yields. Source is one, also as a method value, or a literal.
//
//	for v, err := range rt.Each(func(yield rt.Yield[int, struct{}]) error { return rt.Await0(ticks(3, yield)) }) {
//
// Each value comes with a nil error. An error that source returns comes last, with no value. Leaving the loop closes source,
// before anything else goes on: its yield returns ErrGeneratorExit, and its deferred calls, which may await, run. What it returns
// then is dropped; if it goes on yielding it panics there, as what Go ranges over does. A panic in the loop's body passes through
// source's yield.
//
// Queue.All, Receiver.All for a channel, All of what AsCompleted returns and AsyncGenerator.All are sources. Outside all tasks, EachOn
// ranges over what a source yields on a loop that runs, and RunEach on a loop of its own. The other way round, an ordinary iter.Seq
// that does not block needs nothing: an async function ranges over it. For one that blocks a goroutine sends its values to a
// channel.
//
// In an async function such a loop compiles to awaits of what source yields. A cancel is delivered to what source awaits. Cancel:
// lossless; a value that was yielded is seen by the loop.
func Each[V any](source func(yield Yield[V, struct{}]) error) iter.Seq2[V, error] {
	return func(body func(V, error) bool) {
		left := false
		err := source(func(v V) (none struct{}, err error) {
			if !body(v, nil) {
				left = true
				return none, ErrGeneratorExit
			}
			return none, nil
		})
		if err != nil && !left {
			var none V
			body(none, err)
		}
	}
}

// eachSource is a generator or an async one.
type eachSource[V any] interface {
	// take takes the coroutine from what has not begun.
	take() GeneratorCoroutine[V, struct{}, struct{}]
}

func (g *Generator[Y, S, R]) take() GeneratorCoroutine[Y, S, R] {
	g.abandon()
	return g.root
}

func (g *AsyncGenerator[Y, S, R]) take() GeneratorCoroutine[Y, S, R] {
	g.abandon()
	return g.root
}

// Asking is what a loop over Each compiles to. Start asks for the next value, or, after Stop, has the generator end.
type Asking[V any] struct {
	defers *Defers
	g      *AsyncGenerator[V, struct{}, struct{}]
	op     ask[V, struct{}, struct{}]
	key    V
	value  error
	inside bool // in the generator; if it panics, to the end
	leaves bool // by Stop or leave
}

// RangeEach begins a loop over source, in the coroutine with the deferred calls d.
func RangeEach[V any](d *Defers, source eachSource[V]) *Asking[V] {
	r := &Asking[V]{defers: d, g: NewAsyncGenerator(source.take())}
	loops := d.more()
	loops.list = append(loops.list, r)
	return r
}

// Start gives the turn to the generator.
func (r *Asking[V]) Start(fb *Fiber, parent Resumable) (ready bool) {
	if r.leaves {
		g := r.g
		if g.turns.ended || !g.begun() {
			return true
		}
		g.core.err, g.core.passed = ErrGeneratorExit, true
		g.turns.begin(fb, parent)
		return false
	}
	r.inside = true
	r.op = ask[V, struct{}, struct{}]{g: r.g}
	return r.op.Start(fb, parent)
}

// Next takes what Start came to; it reports false if the generator had ended.
func (r *Asking[V]) Next() (ok bool) {
	p, err := r.op.Result()
	r.inside = false
	r.key, r.value = p.First, err
	if !p.Second && err == nil {
		r.forget()
		return false
	}
	return true
}

// Key returns the value that was yielded.
func (r *Asking[V]) Key() V { return r.key }

// Value returns the error with which the generator ended.
func (r *Asking[V]) Value() error { return r.value }

// Stop leaves the loop: Start then ends the generator.
func (r *Asking[V]) Stop() { r.stop(&ending{why: leftEarly}) }

func (r *Asking[V]) stop(why *ending) {
	r.forget()
	r.leaves = true
	r.g.core.ending = why
}

// Left panics as the generator did while it ended, or if it went on yielding and recovered that panic.
func (r *Asking[V]) Left() {
	if f := r.g.root.Base(); f.state == stateFailed {
		f.raise()
	}
	if end := r.g.core.ending; end.x == nil || !end.x.Goexit {
		end.returned()
	}
}

// forget takes the loop, which is left, from those under way.
func (r *Asking[V]) forget() { r.defers.more().forget(r) }

// ends begins to leave the loop because the body ended by x; false: there is nothing to wait for.
func (r *Asking[V]) ends(x *Failure) (starts bool) {
	if r.inside { // its own panic
		r.forget()
		return false
	}
	end := &ending{why: leftEarly, x: x}
	if x != nil {
		end.why = afterPanic
	}
	r.stop(end)
	return true
}

// leave is the rest of it, when the generator has ended.
func (r *Asking[V]) leave(x *Failure) {
	r.Left()
	if x != nil && !x.Goexit && r.value == nil {
		panic(errRecovered)
	}
}
