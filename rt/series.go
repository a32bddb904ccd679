package rt

import "errors"

// series is the coroutine of an async generator that yields what an operation returns, made and awaited again and again, until
// that returns ErrClosed.
type series[V any] struct {
	Frame
	yield *Yielder[V, struct{}]
	next  func() Awaitable[V]
	asked Awaitable[V] // what it awaits
	err   error
}

// newSeries returns the generator, which has not begun.
func newSeries[V any](next func() Awaitable[V]) *AsyncGenerator[V, struct{}, struct{}] {
	co := &series[V]{next: next}
	co.Visible()
	return NewAsyncGenerator(GeneratorCoroutine[V, struct{}, struct{}](co))
}

// plainSeries is the plain form of series.
func plainSeries[V any](next func() (V, error), yield Yield[V, struct{}]) error {
	for {
		v, err := next()
		if errors.Is(err, ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := yield(v); err != nil {
			return err
		}
	}
}

// Resume runs to the next value, the next wait for one, or the end.
func (co *series[V]) Resume(fb *Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		return co.came(fb)
	case 2:
		if _, err := co.yield.Received(); err != nil {
			return co.end(err)
		}
	}
	co.asked = co.next()
	if !co.asked.Start(fb, co) {
		return co.Suspend(1)
	}
	return co.came(fb)
}

// came yields the value that was awaited.
func (co *series[V]) came(fb *Fiber) (done bool) {
	v, err := co.asked.Result()
	co.asked = nil
	switch {
	case errors.Is(err, ErrClosed):
		return co.end(nil)
	case err != nil:
		return co.end(err)
	}
	co.yield.Yield(fb, co, v)
	return co.Suspend(2)
}

func (co *series[V]) end(err error) (done bool) {
	co.next, co.err = nil, err
	return co.End()
}

func (co *series[V]) Start(fb *Fiber, parent Resumable) (ready bool) { return Begin(fb, co, parent) }
func (co *series[V]) Send() (waits Operation, done bool)             { return Send(co) }
func (co *series[V]) Close() error                                   { return Close(co) }
func (co *series[V]) Yields(y *Yielder[V, struct{}])                 { co.yield = y }

func (co *series[V]) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

func (co *series[V]) Throw(err error) {
	if Throw(co, err) {
		co.err = err
	}
}

// All is an async generator of the items, as they come, until the queue is closed and empty:
//
//	for item, err := range rt.Each(q.All) {
//
// Several can share the queue. Leaving the loop takes no further item. Cancel: lossless.
func (q *Queue[T]) All(yield Yield[T, struct{}]) error { return plainSeries(q.Get, yield) }

// AllAsync is All in an async function.
func (q *Queue[T]) AllAsync() *AsyncGenerator[T, struct{}, struct{}] { return newSeries(q.GetAsync) }
