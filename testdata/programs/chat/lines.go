package chat

import (
	"bytes"
	"errors"
	"io"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// maxLine is how long a line may be, in bytes.
const maxLine = 64 << 10

var errTooLong = errors.New("the line is too long")

// A lineReader reads lines. A bufio.Scanner would call the blocking Read of the connection, and so block the loop.
type lineReader struct {
	conn *poll.Conn
	buf  []byte // what was read and not returned yet
}

// next returns the next line without its end. At the end of the stream it returns io.EOF, in the middle of a line
// io.ErrUnexpectedEOF. A cancel loses nothing: the next call goes on where this one was.
//
//async:func
func (r *lineReader) next() (string, error) {
	for searched := 0; ; {
		if i := bytes.IndexByte(r.buf[searched:], '\n'); i >= 0 {
			line := string(r.buf[:searched+i])
			r.buf = r.buf[searched+i+1:]
			return line, nil
		}
		if searched = len(r.buf); searched >= maxLine {
			return "", errTooLong
		}
		r.buf = append(r.buf, make([]byte, 4096)...)
		n, err := rt.Await(r.conn.Read(r.buf[searched:]))
		r.buf = r.buf[:searched+n]
		if err == io.EOF && searched > 0 {
			return "", io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
	}
}
