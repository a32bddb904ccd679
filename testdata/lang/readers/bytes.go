// Package readers holds programs that read: bytes, varints, frames, lines,
// tokens and expressions, from a source that makes them wait.
package readers

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// A source is what they read from, a few bytes at a time.
type source struct {
	w    *harness.World
	data string
	most int
}

// async
func (s *source) Read(p []byte) (n int, err error) {
	if len(s.data) == 0 {
		return 0, io.EOF
	}
	if err := rt.Await0(s.w.Do("read")); err != nil {
		return 0, err
	}
	n = copy(p[:min(len(p), s.most)], s.data)
	s.data = s.data[n:]
	return n, nil
}

// async
func (s *source) ReadByte() (byte, error) {
	var b [1]byte
	_, err := rt.Await(s.Read(b[:]))
	return b[0], err
}

// async
func full(s *source, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = rt.Await(s.Read(p[n:]))
		n += m
	}
	if n >= len(p) {
		return n, nil
	}
	if n > 0 && err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// ReadFull reads into parts of one array.
//
// async
func ReadFull(w *harness.World) (string, error) {
	src := &source{w, "hello, world", 5}
	var buf [16]byte
	a, err1 := rt.Await(full(src, buf[:7]))
	b, err2 := rt.Await(full(src, buf[7:9]))
	c, err3 := rt.Await(full(src, buf[9:]))
	return fmt.Sprint(a, b, c, string(buf[:a+b+c]), err1 == nil, err2 == nil, errors.Is(err3, io.ErrUnexpectedEOF)), nil
}

var errOverflow = errors.New("varint overflows")

// async
func uvarint(s *source) (x uint64, err error) {
	for shift := uint(0); ; shift += 7 {
		b, err := rt.Await(s.ReadByte())
		if err != nil {
			if shift > 0 && err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return x, err
		}
		if b < 0x80 {
			if shift == 63 && b > 1 {
				return x, errOverflow
			}
			return x | uint64(b)<<shift, nil
		}
		x |= uint64(b&0x7f) << shift
	}
}

// ReadVarints reads numbers of several bytes until there are no more.
//
// async
func ReadVarints(w *harness.World) (s string, err error) {
	src := &source{w, "\x05\xac\x02\xff\xff\x03\x80", 1}
	for {
		x, err := rt.Await(uvarint(src))
		switch {
		case err == io.EOF:
			return s, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return s + "cut", nil
		case err != nil:
			if s += "! "; strings.Count(s, "!") == 3 {
				return s, err
			}
			continue
		}
		s += fmt.Sprint(x, " ")
	}
}

// ReadFrames reads frames: a kind, a length and so many bytes.
//
// async
func ReadFrames(w *harness.World) (s string, err error) {
	src := &source{w, "\x01\x02ab\x02\x00\x01\x03cde\x09", 4}
	var head [2]byte
frames:
	for n := 0; ; n++ {
		switch _, err := rt.Await(full(src, head[:])); err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			s += "end"
			break frames
		default:
			return s, fmt.Errorf("frame %d: %w", n, err)
		}
		body := make([]byte, head[1])
		if _, err := rt.Await(full(src, body)); err != nil {
			return fmt.Sprintf("%s body %q", s, body), err
		}
		switch kind := head[0]; kind {
		case 1:
			s += string(body) + " "
		case 2:
			if rt.Await0(w.Do("pong")) != nil {
				continue
			}
			s += "ping "
		default:
			return s, fmt.Errorf("kind %d", kind)
		}
	}
	return s, nil
}

// ReadChunked reads chunks with their lengths in hexadecimal.
//
// async
func ReadChunked(w *harness.World) (s string, err error) {
	src := &source{w, "3;abca;01234567890;", 3}
	var out strings.Builder
	for {
		n := 0
	digits:
		for i := 0; ; i++ {
			c, err := rt.Await(src.ReadByte())
			if err != nil {
				return out.String(), err
			}
			switch {
			case '0' <= c && c <= '9':
				n = n<<4 | int(c-'0')
			case 'a' <= c && c <= 'f':
				n = n<<4 | int(c-'a'+10)
			case c == ';' && i > 0:
				break digits
			default:
				return out.String(), fmt.Errorf("%q is no digit", c)
			}
			if n > 64 {
				return out.String(), fmt.Errorf("a chunk of %d bytes", n)
			}
		}
		if n == 0 {
			break
		}
		chunk := make([]byte, n)
		m, err := rt.Await(full(src, chunk))
		out.Write(chunk[:m])
		if err != nil {
			out.WriteString("!")
		}
	}
	return out.String(), nil
}

// ReadEscapes copies text in which escapes stand for other characters.
//
// async
func ReadEscapes(w *harness.World) (string, error) {
	src := &source{w, `a\n\x41\q\u`, 1}
	var out []rune
	next := byte(0)
	var err error
	for next, err = rt.Await(src.ReadByte()); err == nil; next, err = rt.Await(src.ReadByte()) {
		if next != '\\' {
			out = append(out, rune(next))
			continue
		}
		switch next, err = rt.Await(src.ReadByte()); next {
		case 'n':
			out = append(out, '\n')
		case 'x':
			v := rune(0)
			for range 2 {
				d, err := rt.Await(src.ReadByte())
				if err != nil {
					goto bad
				}
				v = v<<4 | rune(d&0xf)
			}
			out = append(out, v)
			continue
		bad:
			out = append(out, '?')
		case 0:
			out = append(out, '.')
		default:
			out = append(out, '\\', rune(next))
		}
	}
	return fmt.Sprintf("%q %v", string(out), err == io.EOF), nil
}
