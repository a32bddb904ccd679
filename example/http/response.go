package main

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// pendingSize is how much of a body is held back to find out its length, in bytes. A longer one is sent in chunks.
const pendingSize = 2 << 10

// A ResponseWriter answers a request. It is the handler's until that returns. Fields and status are set before the body is written.
//
// A body of unknown length is held back while it is short, and sent with its length when the handler has returned; what is longer, or
// has been flushed, goes in chunks, or to a client of HTTP/1.0 until the connection ends: by a reset if the body is not whole.
type ResponseWriter struct {
	out     *poll.Writer
	x       *exchange
	status  int
	fields  []byte // lines that were set
	length  int64  // of the body, if it is known; -1
	written int64  // of the body, by the handler
	body    []byte // what waits for the head to be sent
	line    []byte // scratch: the head, sizes of chunks

	close     bool // the connection ends with this response
	begun     bool // the head has been sent
	chunked   bool
	silent    bool // no body is sent
	minor     int  // the client's version is HTTP/1.minor
	keepAlive bool // the client of HTTP/1.0 has asked that the connection stay
	dated     bool
	broken    bool // a Write has failed half way
	openEnded bool // what says that the body is whole is the end of the connection

	lost error // the last one of the connection that a Write or a Flush has returned
}

// errTooLate is the panic of a handler that changes a head that has been sent.
const errTooLate = rt.Misuse("http: the head of the response has been sent: set fields and status before the body is written or flushed")

// reset begins the response to r.
func (w *ResponseWriter) reset(r *Request) {
	w.status, w.fields, w.length, w.written, w.body = http.StatusOK, w.fields[:0], -1, 0, w.body[:0]
	w.begun, w.chunked, w.dated, w.broken, w.openEnded, w.lost = false, false, false, false, false, nil
	w.silent, w.minor = r.Method == http.MethodHead, r.Minor
	w.keepAlive, w.close = r.keepAlive, r.close || w.x.server.stopping
}

// refuse makes w say why the request is refused, in place of what the handler wanted to say.
func (w *ResponseWriter) refuse(e *Error) {
	w.status, w.fields, w.length, w.dated = e.Status, w.fields[:0], -1, false
	w.Set("Content-Type", "text/plain; charset=utf-8")
	w.body = append(append(w.body[:0], e.Error()...), '\n')
	w.written = int64(len(w.body))
}

// Set adds a field to the head. Line ends in the value become spaces. Content-Length and Connection: close have the effect that they say;
// how the body is framed otherwise, and what else Connection says, is the server's.
func (w *ResponseWriter) Set(name, value string) {
	if w.begun {
		panic(errTooLate)
	}
	switch {
	case !consists([]byte(name), tokenChar):
		panic(rt.Misuse("http: no field of a response can be called " + strconv.Quote(name)))
	case len(name) == len("Content-Length") && equalFold([]byte(name), "Content-Length"):
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			panic(rt.Misuse("http: the Content-Length " + strconv.Quote(value) + " is no length"))
		}
		w.SetLength(n)
		return
	case len(name) == len("Connection") && equalFold([]byte(name), "Connection"):
		w.close = w.close || equalFold([]byte(value), "close")
		return
	case len(name) == len("Transfer-Encoding") && equalFold([]byte(name), "Transfer-Encoding"):
		return
	case len(name) == len("Date") && equalFold([]byte(name), "Date"):
		w.dated = true
	}
	w.fields = append(append(w.fields, name...), ": "...)
	for i := range len(value) {
		c := value[i]
		if c == '\r' || c == '\n' {
			c = ' '
		}
		w.fields = append(w.fields, c)
	}
	w.fields = append(w.fields, "\r\n"...)
}

// SetStatus sets the status, which is 200 otherwise.
func (w *ResponseWriter) SetStatus(status int) {
	if w.begun {
		panic(errTooLate)
	}
	if status < 200 || status > 999 {
		panic(rt.Misuse("http: the status " + strconv.Itoa(status) + " is not from 200 to 999"))
	}
	w.status = status
}

// SetLength says how long the body will be, in bytes.
func (w *ResponseWriter) SetLength(n int64) {
	if w.begun {
		panic(errTooLate)
	}
	if n < 0 {
		panic(rt.Misuse("http: a response cannot be " + strconv.FormatInt(n, 10) + " bytes long"))
	}
	w.length = n
}

// Write writes p to the body, which the client may not see before Flush or the end. It fails with http.ErrContentLength if that is
// more than was said, with http.ErrBodyNotAllowed if the status has no body, and as poll.Writer if the client is gone or does not read.
// Cancel: the response stays incomplete then, n bytes of p are a part of it, and the connection ends.
//
//async:func
func (w *ResponseWriter) Write(p []byte) (n int, err error) {
	if held, err := hold(w, p); err != nil {
		return 0, err
	} else if held {
		return len(p), nil
	}
	w.written += int64(len(p))
	w.line = w.line[:0]
	if !w.begun {
		w.begin(rt.Now())
	}
	sent := p
	if w.silent {
		sent = nil
	}
	if w.chunked && len(sent) > 0 {
		w.line = append(strconv.AppendInt(w.line, int64(len(p)), 16), lineEnd...)
	}
	w.x.expectRoom(len(w.line) + len(sent) + len(lineEnd))
	w.broken = true
	if _, err := rt.Await(w.out.Write(w.line)); err != nil {
		return 0, w.failed(err)
	}
	if n, err := rt.Await(w.out.Write(sent)); err != nil {
		return n, w.failed(err)
	}
	if w.chunked && len(sent) > 0 {
		if _, err := rt.Await(w.out.Write(lineEnd)); err != nil {
			return len(p), w.failed(err)
		}
	}
	w.broken = false
	return len(p), nil
}

var lineEnd = []byte("\r\n")

// WriteString is Write of the bytes of s.
//
//async:func
func (w *ResponseWriter) WriteString(s string) (n int, err error) {
	if held, err := hold(w, s); err != nil {
		return 0, err
	} else if held {
		return len(s), nil
	}
	return rt.Await(w.Write([]byte(s)))
}

// hold holds p back if it may be, and reports whether it was. The error says why p cannot be written at all.
func hold[T []byte | string](w *ResponseWriter, p T) (held bool, err error) {
	switch {
	case w.broken:
		return false, errIncomplete
	case bodyless(w.status):
		return false, http.ErrBodyNotAllowed
	case w.length >= 0 && w.written+int64(len(p)) > w.length:
		return false, http.ErrContentLength
	case w.begun || len(w.body)+len(p) > pendingSize:
		return false, nil
	}
	w.body = append(w.body, p...)
	w.written += int64(len(p))
	return true, nil
}

// Flush sends what was written so far.
//
//async:func
func (w *ResponseWriter) Flush() error {
	if !w.begun {
		w.line = w.line[:0]
		w.begin(rt.Now())
		w.x.expectRoom(len(w.line))
		if _, err := rt.Await(w.out.Write(w.line)); err != nil {
			return w.failed(err)
		}
	}
	return w.failed(rt.Await0(w.x.flush()))
}

// failed returns err, and remembers it if it is one.
func (w *ResponseWriter) failed(err error) error {
	if err != nil {
		w.lost = err
	}
	return err
}

// begin adds the head to line, and what of the body has waited for it.
func (w *ResponseWriter) begin(now time.Time) {
	w.begun = true
	w.silent = w.silent || bodyless(w.status)
	if w.length < 0 && !bodyless(w.status) {
		w.chunked = w.minor > 0
		w.close = w.close || !w.chunked
		w.openEnded = !w.chunked && !w.silent
	}
	if w.openEnded {
		w.x.conn.SetLinger(0) // from now on a Close is a reset, whatever it comes from; see exchange.serve
	}
	w.appendHead(now)
	switch {
	case w.silent || len(w.body) == 0:
	case w.chunked:
		w.line = append(strconv.AppendInt(w.line, int64(len(w.body)), 16), lineEnd...)
		w.line = append(append(w.line, w.body...), lineEnd...)
	default:
		w.line = append(w.line, w.body...)
	}
}

// errIncomplete is the error of a response of which a Write has failed, or was cancelled, half way.
var errIncomplete = errors.New("http: the response is incomplete since a Write has failed")

// errShort is the error of a handler that has returned before it has written what it had said it would.
var errShort = errors.New("http: the handler has written less than the Content-Length")

// finish makes line what is left of the response, for whoever ends it to write. The error is errShort or
// errIncomplete.
func (w *ResponseWriter) finish(now time.Time) error {
	w.line = w.line[:0]
	switch {
	case w.broken:
		return errIncomplete
	case w.length >= 0 && w.written < w.length && !w.silent && !bodyless(w.status):
		return errShort
	case !w.begun:
		if w.length < 0 && !(w.silent && w.written == 0) { // how much a GET is answered with is unknown then
			w.length = w.written
		}
		w.begin(now)
	case w.chunked && !w.silent:
		w.line = append(w.line, "0\r\n\r\n"...)
	}
	return nil
}

// appendHead makes the head of the response.
func (w *ResponseWriter) appendHead(now time.Time) {
	b := append(w.line, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(w.status), 10)
	b = append(append(b, ' '), http.StatusText(w.status)...)
	b = append(b, "\r\n"...)
	if !w.dated {
		b = append(b, w.x.server.date(now)...)
	}
	b = append(b, w.fields...)
	switch {
	case bodyless(w.status):
	case w.chunked:
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	case w.length >= 0:
		b = append(b, "Content-Length: "...)
		b = append(strconv.AppendInt(b, w.length, 10), "\r\n"...)
	}
	switch {
	case w.close:
		b = append(b, "Connection: close\r\n"...)
	case w.minor == 0 && w.keepAlive:
		b = append(b, "Connection: keep-alive\r\n"...)
	}
	w.line = append(b, "\r\n"...)
}

// bodyless reports whether responses with a status have no body.
func bodyless(status int) bool {
	return status == http.StatusNoContent || status == http.StatusNotModified
}
