package readers

import (
	"errors"
	"fmt"
	"io"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type kind int

const (
	eof kind = iota
	number
	name
	operator
)

type token struct {
	kind kind
	text string
	val  int
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' }

// async
func scan(b *buffered) (t token, err error) {
skip:
	for {
		c, err := rt.Await(b.peek())
		switch {
		case errors.Is(err, io.EOF):
			return token{}, nil
		case err != nil:
			return token{}, err
		case c == ' ', c == '\n':
			if _, err = rt.Await(b.next()); err != nil {
				return t, err
			}
		default:
			break skip
		}
	}
	c, _ := rt.Await(b.next())
	class := isDigit
	switch t.text = string(c); {
	case isDigit(c):
		t.kind = number
	case isLetter(c):
		t.kind, class = name, isLetter
	default:
		t.kind = operator
		return t, nil
	}
	for {
		if c, err := rt.Await(b.peek()); err != nil || !class(c) {
			break
		} else if _, err := rt.Await(b.next()); err == nil {
			t.text += string(c)
		}
	}
	_, err = fmt.Sscan(t.text, &t.val)
	if t.kind == name {
		err = nil
	}
	return t, err
}

// ScanTokens scans all tokens of a text.
//
// async
func ScanTokens(w *harness.World) (s string, err error) {
	b := newBuffered(w, "ab + 12 *\n(cd)7")
	for {
		t, err := rt.Await(scan(b))
		if err != nil || t.kind == eof {
			return fmt.Sprint(s, b.line, harness.Show(err)), nil
		}
		s += fmt.Sprint(t, " ")
	}
}

type parser struct {
	b   *buffered
	tok token
	env map[string]int
}

type syntaxError struct{ want, got string }

func (e syntaxError) Error() string { return fmt.Sprintf("want %s, got %q", e.want, e.got) }

// async
func (p *parser) next() (err error) {
	p.tok, err = rt.Await(scan(p.b))
	return
}

// async
func (p *parser) primary() (v int, err error) {
	switch t := p.tok; t.kind {
	case number:
		return t.val, rt.Await0(p.next())
	case name:
		var known bool
		if v, known = p.env[t.text]; !known {
			return 0, fmt.Errorf("no %s", t.text)
		}
		return v, rt.Await0(p.next())
	case operator:
		switch t.text {
		case "(":
			if err = rt.Await0(p.next()); err != nil {
				break
			}
			if v, err = rt.Await(p.binary(1)); err != nil {
				break
			}
			if p.tok.text != ")" {
				return v, syntaxError{")", p.tok.text}
			}
			err = rt.Await0(p.next())
		case "-":
			if err = rt.Await0(p.next()); err == nil {
				v, err = rt.Await(p.primary())
				v = -v
			}
		default:
			err = syntaxError{"operand", t.text}
		}
		return v, err
	}
	return 0, io.ErrUnexpectedEOF
}

var precedence = map[string]int{"=": 1, "+": 2, "-": 2, "*": 3, "/": 3}

// async
func (p *parser) binary(least int) (v int, err error) {
	target := p.tok
	if v, err = rt.Await(p.primary()); err != nil && target.kind != name {
		return v, err
	}
	for {
		op := p.tok.text
		prec := precedence[op]
		if prec < least {
			return v, err
		}
		if err := rt.Await0(p.next()); err != nil {
			return v, err
		}
		right, e := rt.Await(p.binary(prec + 1))
		if e != nil {
			return v, e
		}
		switch op {
		case "=":
			p.env[target.text], v, err = right, right, nil
		case "+":
			v += right
		case "-":
			v -= right
		case "*":
			v *= right
		case "/":
			v /= right
		}
	}
}

// ParseExpressions evaluates expressions by precedence, with panics for a
// division by zero.
//
// async
func ParseExpressions(w *harness.World) (s string, err error) {
	for _, text := range []string{"1+2*3-4", "(x=2)*-x", "1/(2-2)", "(1", "", "3 4"} {
		v, err := rt.Await(evaluate(w, text))
		var syntax syntaxError
		switch {
		case errors.As(err, &syntax):
			s += "syntax: " + syntax.want
		case err != nil:
			s += harness.Show(err)
		default:
			s += fmt.Sprint(v)
		}
		s += "; "
	}
	return s, nil
}

// async
func evaluate(w *harness.World, text string) (v int, err error) {
	p := parser{b: newBuffered(w, text), env: map[string]int{"x": 0}}
	defer func() {
		if r, ok := recover().(error); ok {
			v, err = -1, fmt.Errorf("recovered: %w", r)
		}
	}()
	if err := rt.Await0(p.next()); err != nil {
		return 0, err
	}
	if v, err = rt.Await(p.binary(1)); err != nil {
		return v, err
	}
	if p.tok.kind != eof {
		return v, syntaxError{"end", p.tok.text}
	}
	return v, nil
}
