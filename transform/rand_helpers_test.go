package transform

// worldHelpers are the functions that the random programs call: values of
// what awaits return, iterators, channels of which it is known whether they
// are ready.
const worldHelpers = `// ---- values of awaits

// Val is a value, or zero if there is none.
func Val[T any](v T, err error) T {
	if err != nil {
		return Zero[T]()
	}
	return v
}

func Zero[T any]() (v T) { return v }

func Ok(err error) bool { return err == nil }

func Fine[T any](_ T, err error) bool { return err == nil }

func Why[T any](_ T, err error) error { return err }

func Left[A, B any](a A, _ B, err error) A { return Val(a, err) }

// Both are the two values, for a call that takes them as its arguments.
func Both[A, B any](a A, b B, err error) (A, B) { return a, b }

func Or(v int, err error) int {
	if err != nil {
		return -v - 1
	}
	return v
}

func OrS(v string, err error) string {
	if err != nil {
		return "!"
	}
	return v
}

func Cat(a, b string) string { return (a + b)[:min(len(a+b), 7)] }
func Itoa(n int) string      { return fmt.Sprint(n % 1000) }
func New(n int) *int         { return &n }
func Len(s []int) int        { return len(s) }

func Append(s []int, v int) []int {
	if len(s) > 5 {
		return s
	}
	return append(s, v)
}

func At(s []int, i int) *int {
	if len(s) == 0 {
		return nil
	}
	return &s[(i%len(s)+len(s))%len(s)]
}

// N traces numbers that are evaluated in one expression.
func (w *World) N(id int, vs ...int) { w.T(id, vs) }

func Print(v any) string {
	if p, ok := v.(*int); ok {
		return Deref(p)
	}
	return fmt.Sprint(v)
}

// Kind is the name of a type.
func Kind(v any) string { return fmt.Sprintf("%T", v) }

func Count[T any](s []T, err error) int { return len(s) }

func AsInt(v any) int {
	n, _ := v.(int)
	return n
}

func Chan(vs ...int) chan int {
	c := make(chan int, len(vs))
	for _, v := range vs {
		c <- v
	}
	close(c)
	return c
}

func Err(n int) error { return fmt.Errorf("error %d", n) }

func Deref(p *int) string {
	if p == nil {
		return "nil"
	}
	return fmt.Sprint(*p)
}

// Panic writes a panic value.
func Panic(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return "runtime error: " + strings.TrimPrefix(err.Error(), "runtime error: ")
	}
	return fmt.Sprintf("%T %v", p, p)
}

// Array writes an array as it is now.
func Array(a [3]int) string { return fmt.Sprint(a) }

func Three(a, b, c int) *[3]int { return &[3]int{a, b, c} }

// ---- iterators

// Seq yields the numbers below n.
func (w *World) Seq(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		defer w.T(0, "seq")
		for i := range n {
			if !yield(i) {
				w.T(0, "stopped")
				return
			}
		}
	}
}

// Seq0 yields n times.
func (w *World) Seq0(n int) func(func() bool) {
	return func(yield func() bool) {
		for range n {
			if !yield() {
				break
			}
		}
		w.T(0, "seq0")
	}
}

// Seq2 yields numbers and strings, and does not mind panics.
func (w *World) Seq2(n int) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		defer func() { w.T(0, "seq2 ", Panic(recover())) }()
		for i := range n {
			if !yield(i, Itoa(i)) {
				return
			}
		}
	}
}

// Bad yields v and panics.
func (w *World) Bad(v int) func(func(int) bool) {
	return func(yield func(int) bool) {
		defer w.T(0, "bad")
		if yield(v) {
			panic("bad")
		}
	}
}

// Through hides which iterator it is.
func Through[F any](f F) F { return f }

// ---- channels

// Ready is closed behind some values.
func (w *World) Ready(id int, vs ...int) chan int { w.T(id, vs); return Chan(vs...) }

// Never is no channel.
func (w *World) Never(id int) chan int { w.T(id); return nil }

// Empty holds nothing and never will.
func (w *World) Empty(id int) chan int { w.T(id); return make(chan int) }

// Space has room for one value.
func (w *World) Space(id int) chan int { w.T(id); return make(chan int, 1) }

func Put(c chan int, v int) { c <- v }
`
