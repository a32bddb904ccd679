package rt

// Value returns an awaitable that is done and has the result v: for an async form written by hand that has nothing to wait
// for, as in a mock. Awaiting it is no point where others run, and none where a cancel comes in.
//
// What v is computed from is computed at the call, before the awaitable is started; where that matters, use Func.
func Value[T any](v T) Awaitable[T] { return &known[T]{value: v} }

// Fail returns an awaitable that is done and has the error err, as Value.
func Fail[T any](err error) Awaitable[T] { return &known[T]{err: err} }

// known is an awaitable whose result is there from the start.
type known[T any] struct {
	value T
	err   error
}

func (k *known[T]) Start(*Fiber, Resumable) (ready bool) { return true }
func (k *known[T]) Result() (T, error)                   { return k.value, k.err }

// Func returns an awaitable that calls f when it is started, and is done when f has returned: the async form of a function that
// awaits nothing. Awaiting it is no point where others run, and none where a cancel comes in; a panic of f panics at the await.
func Func[T any](f func() (T, error)) Awaitable[T] { return &called[T]{f: f} }

// Func0 is Func for an f without a result.
func Func0(f func() error) Awaitable[struct{}] { return &called0{f: f} }

// called is an awaitable that calls f.
type called[T any] struct {
	f     func() (T, error) // nil once started
	value T
	err   error
}

func (c *called[T]) Start(*Fiber, Resumable) (ready bool) {
	f := c.f
	if f == nil {
		refuseSecondStart()
	}
	c.f = nil
	c.value, c.err = f()
	return true
}

func (c *called[T]) Result() (T, error) { return c.value, c.err }

// called0 is called without a result, and so without another function around f.
type called0 struct {
	f   func() error // nil once started
	err error
}

func (c *called0) Start(*Fiber, Resumable) (ready bool) {
	f := c.f
	if f == nil {
		refuseSecondStart()
	}
	c.f = nil
	c.err = f()
	return true
}

func (c *called0) Result() (struct{}, error) { return struct{}{}, c.err }

func refuseSecondStart() {
	panic(Misuse("rt: the call has ended: a call is awaited once, make a new one"))
}

// Func2 is Func for an f with two results.
func Func2[A, B any](f func() (A, B, error)) Awaitable[Pair[A, B]] {
	return Func(func() (p Pair[A, B], err error) {
		p.First, p.Second, err = f()
		return p, err
	})
}

// Func3 is Func for an f with three results.
func Func3[A, B, C any](f func() (A, B, C, error)) Awaitable[Triple[A, B, C]] {
	return Func(func() (t Triple[A, B, C], err error) {
		t.First, t.Second, t.Third, err = f()
		return t, err
	})
}
