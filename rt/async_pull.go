package rt

// AsyncPull returns an async generator that runs the plain form f, which may await: a call of f on a goroutine of its own,
// that waits while it is not asked. One that is not driven to its end must be closed.
func AsyncPull[Y, S, R any](f func(Yield[Y, S]) (R, error)) *AsyncGenerator[Y, S, R] {
	co := new(pulledAsync[Y, S, R])
	co.self = co
	co.f = func() (R, error) {
		return f(func(v Y) (S, error) {
			co.yield.Yield(co.fiber, co, v)
			co.suspend()
			return co.yield.Received()
		})
	}
	co.Visible()
	return NewAsyncGenerator[Y, S, R](co)
}

// AsyncPull0 is AsyncPull for an f without a result.
func AsyncPull0[Y, S any](f func(Yield[Y, S]) error) *AsyncGenerator[Y, S, struct{}] {
	return AsyncPull(func(yield Yield[Y, S]) (struct{}, error) { return struct{}{}, f(yield) })
}

// pulledAsync is the coroutine of a plain async generator.
type pulledAsync[Y, S, R any] struct {
	goCoro[R]
	yield *Yielder[Y, S]
}

func (co *pulledAsync[Y, S, R]) Yields(y *Yielder[Y, S])            { co.yield = y }
func (co *pulledAsync[Y, S, R]) Send() (waits Operation, done bool) { return Send(co) }
func (co *pulledAsync[Y, S, R]) Close() error                       { return Close(co) }

func (co *pulledAsync[Y, S, R]) Throw(err error) {
	if Throw(co, err) {
		co.err = err
	}
}
