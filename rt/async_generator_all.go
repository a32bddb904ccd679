package rt

// All is an async generator of what is left of g, for Each:
//
//	for v, err := range rt.Each(g.All) {
//
// An error that g returns comes last; its other results are to be had from Result. Leaving the loop closes g, as that of Each does.
// A cancel is delivered to what g awaits. Cancel: lossless.
func (g *AsyncGenerator[Y, S, R]) All(yield Yield[Y, struct{}]) (err error) {
	ended := false
	defer func() {
		if !ended {
			if e := g.Close(); e != nil {
				err = e
			}
		}
	}()
	for {
		v, ok, err := g.Next()
		if !ok {
			ended = true
			return err
		}
		if _, err := yield(v); err != nil {
			return err
		}
	}
}

// AllAsync is All in an async function.
func (g *AsyncGenerator[Y, S, R]) AllAsync() *AsyncGenerator[Y, struct{}, struct{}] {
	co := &rest[Y, S, R]{g: g}
	co.Visible()
	return NewAsyncGenerator(GeneratorCoroutine[Y, struct{}, struct{}](co))
}

// rest is the coroutine of All.
type rest[Y, S, R any] struct {
	Frame
	yield *Yielder[Y, struct{}]
	g     *AsyncGenerator[Y, S, R]
	next  ask[Y, S, R]
	err   error
	x     *Failure // how the loop's body ended: raised once g is closed
}

// Resume asks for the next value, and has g end when the loop was left.
func (co *rest[Y, S, R]) Resume(fb *Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		return co.came(fb)
	case 2:
		if co.left() {
			co.next = ask[Y, S, R]{g: co.g, err: ErrGeneratorExit, how: asksClose}
			if !co.next.Start(fb, co) {
				return co.Suspend(3)
			}
			return co.closed()
		}
	case 3:
		return co.closed()
	}
	co.next = ask[Y, S, R]{g: co.g}
	if !co.next.Start(fb, co) {
		return co.Suspend(1)
	}
	return co.came(fb)
}

// left reports whether the loop was left, by an error that yield returns or a panic of the body, which passes through it.
func (co *rest[Y, S, R]) left() bool {
	if e := co.yield.ending; e != nil && e.x != nil {
		co.x = e.x
		return true
	}
	_, co.err = co.yield.Received()
	return co.err != nil
}

// came yields the value that was asked for.
func (co *rest[Y, S, R]) came(fb *Fiber) (done bool) {
	p, err := co.next.Result()
	if !p.Second {
		co.g, co.err = nil, err
		return co.End()
	}
	co.yield.Yield(fb, co, p.First)
	return co.Suspend(2)
}

// closed ends with what the loop was left by, or the error of the Close.
func (co *rest[Y, S, R]) closed() (done bool) {
	p, err := co.next.Result()
	if err := closed(p.First, p.Second, err); err != nil {
		co.err = err
	}
	co.g = nil
	if co.x != nil {
		co.x.raise()
	}
	return co.End()
}

func (co *rest[Y, S, R]) Start(fb *Fiber, parent Resumable) (ready bool) {
	return Begin(fb, co, parent)
}
func (co *rest[Y, S, R]) Send() (waits Operation, done bool) { return Send(co) }
func (co *rest[Y, S, R]) Close() error                       { return Close(co) }
func (co *rest[Y, S, R]) Yields(y *Yielder[Y, struct{}])     { co.yield = y }

func (co *rest[Y, S, R]) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

func (co *rest[Y, S, R]) Throw(err error) {
	if Throw(co, err) {
		co.err = err
	}
}
