package readers

import (
	"fmt"
	"io"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// A buffered source can take a byte back.
type buffered struct {
	*source
	buf  []byte
	at   int
	line int
	err  error
}

// async
func (b *buffered) fill() error {
	if b.err != nil {
		return b.err
	}
	var p [4]byte
	n, err := rt.Await(b.Read(p[:]))
	b.buf = append(b.buf[:0:0], b.buf[b.at:]...)
	b.buf, b.at, b.err = append(b.buf, p[:n]...), 0, err
	return err
}

// async
func (b *buffered) peek() (byte, error) {
	for b.at == len(b.buf) {
		if err := rt.Await0(b.fill()); err != nil {
			return 0, err
		}
	}
	return b.buf[b.at], nil
}

// async
func (b *buffered) next() (c byte, err error) {
	if c, err = rt.Await(b.peek()); err == nil {
		if b.at++; c == '\n' {
			b.line++
		}
	}
	return
}

func newBuffered(w *harness.World, text string) *buffered {
	return &buffered{source: &source{w, text, 4}}
}

// async
func (b *buffered) readLine() (line string, err error) {
	defer func() {
		if line != "" && err == io.EOF {
			err = nil
		}
	}()
	for {
		if i := strings.IndexByte(string(b.buf[b.at:]), '\n'); i >= 0 {
			line = string(b.buf[b.at : b.at+i])
			b.at += i + 1
			return line, nil
		}
		if err := rt.Await0(b.fill()); err != nil {
			line = string(b.buf[b.at:])
			b.at = len(b.buf)
			return line, err
		}
	}
}

// ReadLines reads lines of any length.
//
// async
func ReadLines(w *harness.World) (string, error) {
	b := newBuffered(w, "one\n\nthree is long\nlast")
	var lines []string
	for {
		line, err := rt.Await(b.readLine())
		if err != nil {
			return fmt.Sprintf("%q %s", lines, harness.Show(err)), nil
		}
		lines = append(lines, line)
	}
}

// ReadHeaders reads a header with lines that go on in the next one.
//
// async
func ReadHeaders(w *harness.World) (s string, err error) {
	b := newBuffered(w, "a: 1\nb: 2\n  3\nbad\na: 4\n\nbody")
	header := map[string][]string{}
	last := ""
loop:
	for n := 1; ; n++ {
		line, err := rt.Await(b.readLine())
		switch {
		case err != nil:
			s += harness.Show(err)
			break loop
		case line == "":
			break loop
		case line[0] == ' ':
			if vs := header[last]; len(vs) > 0 {
				vs[len(vs)-1] += strings.TrimSpace(line)
				continue
			}
			fallthrough
		case !strings.Contains(line, ": "):
			if rt.Await0(w.Do(fmt.Sprint("bad line ", n))) != nil {
				return s, fmt.Errorf("line %d: %q", n, line)
			}
			continue loop
		}
		key, value, _ := strings.Cut(line, ": ")
		header[key] = append(header[key], value)
		last = key
	}
	return fmt.Sprint(s, header["a"], header["b"], len(header)), nil
}

// ReadConfig is a table of functions, one a keyword.
//
// async
func ReadConfig(w *harness.World) (string, error) {
	b := newBuffered(w, "set x 1\nadd x 5\ndrop y\nset y 2\nquit\nset z 3")
	vars := map[string]int{}
	commands := map[string]func(name string, v int) error{
		"set": func(name string, v int) error { vars[name] = v; return nil },
		"add": func(name string, v int) error { vars[name] += v; return nil },
		"drop": func(name string, _ int) error {
			if _, ok := vars[name]; !ok {
				return fmt.Errorf("no %s", name)
			}
			delete(vars, name)
			return nil
		},
		"quit": func(string, int) error { return io.EOF },
	}
	var problems []string
	for line, err := rt.Await(b.readLine()); err == nil; line, err = rt.Await(b.readLine()) {
		var verb, name string
		var v int
		fmt.Sscan(line, &verb, &name, &v)
		do, ok := commands[verb]
		if !ok || rt.Await0(w.Do(verb)) != nil {
			problems = append(problems, verb)
			continue
		}
		if err := do(name, v); err == io.EOF {
			break
		} else if err != nil {
			problems = append(problems, err.Error())
		}
	}
	return fmt.Sprint(vars, problems), nil
}

// ReadTemplate replaces names in braces, which may be nested.
//
// async
func ReadTemplate(w *harness.World) (string, error) {
	b := newBuffered(w, "a{x{y}}b{}c{z")
	out, err := rt.Await(expand(b, 0))
	return fmt.Sprint(out, harness.Show(err)), nil
}

// async
func expand(b *buffered, depth int) (out string, err error) {
	defer func() { out = fmt.Sprintf("<%d%s>", depth, out) }()
	for {
		switch c, err := rt.Await(b.next()); {
		case err == io.EOF && depth == 0:
			return out, nil
		case err != nil:
			return out, err
		case c == '{':
			in, err := rt.Await(expand(b, depth+1))
			if out += in; err != nil {
				return out + "!", err
			}
		case c == '}' && depth > 0:
			return out, nil
		default:
			out += string(c)
		}
	}
}
