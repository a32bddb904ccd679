package rt

// Pair is the result of an awaitable with two results besides the error.
type Pair[A, B any] struct {
	First  A
	Second B
}

// Triple is the result of an awaitable with three results besides the error.
type Triple[A, B, C any] struct {
	First  A
	Second B
	Third  C
}

// Await marks a call that an async function awaits: rt.Await(f(x)) is f(x), but others run while it waits. It returns what it
// is given. In the generated form the call becomes one of f's async form.
func Await[T any](v T, err error) (T, error) { return v, err }

// Await0 is Await for a call that returns an error alone.
func Await0(err error) error { return err }

// Await2 is Await for a call with two results besides the error.
func Await2[A, B any](a A, b B, err error) (A, B, error) { return a, b, err }

// Await3 is Await for a call with three results besides the error.
func Await3[A, B, C any](a A, b B, c C, err error) (A, B, C, error) { return a, b, c, err }

// Unpack0 turns the result of an awaitable into that of a function without results besides the error.
func Unpack0(_ struct{}, err error) error { return err }

// Unpack2 turns the result of an awaitable into that of a function with two results besides the error.
func Unpack2[A, B any](p Pair[A, B], err error) (A, B, error) { return p.First, p.Second, err }

// Unpack3 turns the result of an awaitable into that of a function with three results besides the error.
func Unpack3[A, B, C any](t Triple[A, B, C], err error) (A, B, C, error) {
	return t.First, t.Second, t.Third, err
}

// Pack2 returns the Pair of a and b.
func Pack2[A, B any](a A, b B) Pair[A, B] { return Pair[A, B]{a, b} }

// Pack3 returns the Triple of a, b and c.
func Pack3[A, B, C any](a A, b B, c C) Triple[A, B, C] { return Triple[A, B, C]{a, b, c} }
