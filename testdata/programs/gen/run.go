package gen

import (
	"errors"
	"fmt"
	"io"

	"github.com/goasync/goasync/rt"
)

// forms are the generators of the program, in one form.
type forms struct {
	lexLines func(src string) *rt.Generator[token, bool, int]
	average  func() *rt.Generator[float64, float64, float64]
	walk     func(*tree[string]) *rt.Generator[string, struct{}, struct{}]
}

// Plain runs the program in its plain form and writes what it does to w.
func Plain(w io.Writer) error {
	return run(w, forms{
		lexLines: func(src string) *rt.Generator[token, bool, int] {
			return rt.Pull(func(yield rt.Yield[token, bool]) (int, error) { return lexLines(src, yield) })
		},
		average: func() *rt.Generator[float64, float64, float64] { return rt.Pull(average) },
		walk:    func(t *tree[string]) *rt.Generator[string, struct{}, struct{}] { return rt.Pull0(t.walk) },
	})
}

// Generated is Plain in the generated form.
func Generated(w io.Writer) error {
	return run(w, forms{lexLinesAsync, averageAsync, (*tree[string]).walkAsync})
}

// average yields the average of the numbers that it is sent, and returns it when it is closed.
//
//async:func
func average(yield rt.Yield[float64, float64]) (result float64, err error) {
	sum := 0.0
	for n := 1; ; n++ {
		v, err := yield(result)
		if errors.Is(err, rt.ErrGeneratorExit) {
			return result, nil
		}
		if err != nil {
			return 0, err
		}
		sum += v
		result = sum / float64(n)
	}
}

var errSyntax = errors.New("syntax error")

// run drives the generators.
func run(w io.Writer, f forms) error {
	// Tokens, one of which is put back, and an error that is thrown at the place where the lexer stands.
	tokens := f.lexLines("x = 12+y\nz\n\nw = 3")
	for t, ok := tokens.Next(); ok; {
		fmt.Fprintln(w, t)
		if t.text == "=" {
			t, ok = tokens.Send(true)
			fmt.Fprintln(w, "again", t)
		}
		t, ok = tokens.Next()
		if t.text == "w" {
			t, ok = tokens.Throw(fmt.Errorf("%w: %v", errSyntax, t))
		}
	}
	lines, err := tokens.Result()
	fmt.Fprintln(w, "lines:", lines, err, errors.Is(err, errSyntax))

	// A coroutine that is sent values.
	average := f.average()
	average.Next()
	for _, v := range []float64{1, 2, 6} {
		a, _ := average.Send(v)
		fmt.Fprint(w, a, " ")
	}
	err = average.Close()
	result, resultErr := average.Result()
	fmt.Fprintln(w, "average:", result, err, resultErr)

	// A walk that is left early.
	var root *tree[string]
	for _, key := range []string{"m", "c", "t", "a", "e", "z"} {
		root = root.insert(key)
	}
	walk := f.walk(root)
	for key := range walk.All() {
		fmt.Fprint(w, key, " ")
		if key == "m" {
			break
		}
	}
	_, err = walk.Result()
	fmt.Fprintln(w, "left:", err)
	return nil
}
