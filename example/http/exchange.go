package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// An exchange is all that a connection needs while it has a request. Between requests it has none: they are few, and used in turn by
// all connections of a server.
type exchange struct {
	server *Server
	conn   *poll.Conn
	in     *poll.Reader
	out    *poll.Writer
	r      Request
	w      ResponseWriter
	timed  bool // conn has a read deadline
	faulty bool // the handler has returned an error of its own
	frame  exchangeFrame
}

// run serves the requests that there are, with what follows while it can be read without waiting. It reports whether the connection
// stays.
func (x *exchange) run(handler func(*Request, *ResponseWriter) error) (stays bool, err error) {
	return x.serve(handler)
}

// runAsync is the async form of run. It is written by hand so that the frame of serve, which has room for all that a request may have to
// wait for, is the exchange's and used again with it.
func (x *exchange) runAsync(handler func(*Request, *ResponseWriter) rt.Awaitable[struct{}]) rt.Awaitable[bool] {
	if x.frame == nil {
		x.frame = x.serveAsync(handler).(exchangeFrame)
	} else {
		x.frame.Init(x, handler)
	}
	return x.frame
}

// An exchangeFrame is a call of serve.
type exchangeFrame interface {
	rt.Awaitable[bool]
	Init(x *exchange, handler func(*Request, *ResponseWriter) rt.Awaitable[struct{}])
}

// serve is run.
//
//async:func
func (x *exchange) serve(handler func(*Request, *ResponseWriter) error) (stays bool, err error) {
	for {
		x.r.forget()
		x.w.begun, x.faulty = false, false
		err := rt.Await0(x.readHead())
		if err == nil {
			err = rt.Await0(x.answer(handler))
		}
		if err == nil && x.r.body.err != io.EOF {
			err = rt.Await0(x.skipBody())
		}
		if err == nil {
			err = rt.Await0(x.finish())
		}
		if err != nil {
			return false, rt.Await0(x.fail(err))
		}
		if x.w.close || x.in.Buffered() == 0 {
			if err := rt.Await0(x.flush()); err != nil {
				return false, quiet(err)
			}
			if x.w.openEnded {
				x.conn.SetLinger(-1) // the body is whole: a Close may say so
			}
			if x.w.close {
				return false, rt.Await0(x.linger())
			}
			return true, nil
		}
	}
}

// headEnd is where a head ends.
const headEnd = "\r\n\r\n"

// readHead reads the next head. If that is not there yet, the answers before it are sent first.
//
//async:func
func (x *exchange) readHead() error {
	for {
		there, err := rt.Await(x.in.Peek(min(x.in.Buffered(), x.server.MaxHead)))
		if err != nil {
			return err
		}
		if !bytes.Contains(there, []byte(headEnd)) {
			if err := rt.Await0(x.flush()); err != nil {
				return err
			}
			x.setReadTimeout(x.server.HeadTimeout)
		}
		head, err := rt.Await(x.in.ReadUntil(headEnd))
		switch {
		case isTooLong(err):
			return rt.Await0(x.tooLong())
		case errors.Is(err, os.ErrDeadlineExceeded):
			return &Error{http.StatusRequestTimeout, "the head takes too long"}
		case err != nil:
			return err
		}
		x.endReadTimeout()
		head = skipLineEnds(head)
		if len(head) > 0 {
			return x.r.parse(head)
		}
	}
}

// skipLineEnds removes the empty lines before a request, which some clients send behind a body.
func skipLineEnds(head []byte) []byte {
	for bytes.HasPrefix(head, []byte("\r\n")) {
		head = head[2:]
	}
	return head
}

// tooLong says what of a head is too long, its first line or the rest.
//
//async:func
func (x *exchange) tooLong() error {
	head, err := rt.Await(x.in.Peek(min(x.in.Buffered(), x.server.MaxHead)))
	if err == nil && bytes.IndexByte(skipLineEnds(head), '\n') < 0 {
		return &Error{http.StatusRequestURITooLong, "the request line is too long"}
	}
	return &Error{http.StatusRequestHeaderFieldsTooLarge, "the head is too long"}
}

// answer has the handler answer the request.
//
//async:func
func (x *exchange) answer(handler func(*Request, *ResponseWriter) error) error {
	x.w.reset(&x.r)
	if x.r.Length > x.server.MaxBody {
		return errBodyTooLong
	}
	err := rt.Await0(handler(&x.r, &x.w))
	if refusal, ok := errors.AsType[*Error](err); ok && !x.w.begun {
		x.w.refuse(refusal)
		return nil
	}
	x.faulty = err != nil && !x.hasLost(err)
	return err
}

// hasLost reports whether err is one that the handler has got from its connection, by a Read, a Write or a Flush. It may have others of
// the same types from connections that are its own.
func (x *exchange) hasLost(err error) bool {
	return errors.Is(err, x.r.body.lost) || errors.Is(err, x.w.lost) || errors.Is(err, errIncomplete)
}

// finish ends the response. What the Writer has then is still to be flushed.
//
//async:func
func (x *exchange) finish() error {
	x.endReadTimeout()
	x.w.close = x.w.close || x.server.stopping
	if err := x.w.finish(rt.Now()); err != nil {
		return err
	}
	x.expectRoom(len(x.w.line))
	_, err := rt.Await(x.out.Write(x.w.line))
	return err
}

// maxSkipped is how much of a body that the handler has not read is read for it, in bytes, so that the connection can stay.
const maxSkipped = 64 << 10

// skipBody reads what the handler has left of the body. If that is not worth it the connection ends with the response.
//
//async:func
func (x *exchange) skipBody() error {
	b := &x.r.body
	if b.err != nil || b.expected || b.left > maxSkipped {
		x.w.close = true
		return nil
	}
	scratch := make([]byte, 4<<10)
	for skipped := 0; skipped <= maxSkipped; {
		n, err := rt.Await(x.r.Read(scratch))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		skipped += n
	}
	x.w.close = true
	return nil
}

// fail ends the connection after an error. If the client can still be told, it is. What is no fault of the client's, or of the network
// between it and the server, is returned.
//
//async:func
func (x *exchange) fail(err error) error {
	refusal, refused := errors.AsType[*Error](err)
	switch {
	case errors.Is(err, context.Canceled) && rt.Context().Err() != nil: // else it is the handler that has cancelled something
		return err
	case !refused && !x.faulty && quiet(err) == nil:
		return nil
	case !refused:
		refusal = &Error{http.StatusInternalServerError, "the server has failed"}
	default:
		err = nil
	}
	if x.w.begun { // the client sees that the response is incomplete, if need be by a reset; it may have earlier ones
		return errors.Join(err, quiet(rt.Await0(x.flush())))
	}
	x.w.reset(&x.r)
	x.w.refuse(refusal)
	x.w.close = true
	failed := rt.Await0(x.finish())
	if failed == nil {
		failed = rt.Await0(x.flush())
	}
	if failed == nil {
		failed = rt.Await0(x.linger())
	}
	if err == nil {
		err = quiet(failed)
	}
	return err
}

// linger waits until the client has closed the connection, or time is over. If it were closed here while the client sends,
// the client would be told by a reset, and might drop what it has received.
//
//async:func
func (x *exchange) linger() error {
	if err := x.conn.CloseWrite(); err != nil {
		return nil
	}
	x.setReadTimeout(x.server.LingerTimeout)
	_, err := rt.Await(x.in.Discard(math.MaxInt))
	return quiet(err)
}

// flush sends what has been answered.
//
//async:func
func (x *exchange) flush() error {
	if x.out.Buffered() == 0 {
		return nil
	}
	x.setWriteTimeout()
	return rt.Await0(x.out.Flush())
}

// setReadTimeout bounds the time that reads may take from now on.
func (x *exchange) setReadTimeout(d time.Duration) {
	if d > 0 {
		x.conn.SetReadDeadline(rt.Now().Add(d))
		x.timed = true
	}
}

// endReadTimeout lets reads take any time again.
func (x *exchange) endReadTimeout() {
	if x.timed {
		x.conn.SetReadDeadline(time.Time{})
		x.timed = false
	}
}

// expectRoom bounds the time that it may take until n bytes can be written.
func (x *exchange) expectRoom(n int) {
	if n > x.out.Available() {
		x.setWriteTimeout()
	}
}

// setWriteTimeout bounds the time that the next write may take.
func (x *exchange) setWriteTimeout() {
	if d := x.server.WriteTimeout; d > 0 {
		x.conn.SetWriteDeadline(rt.Now().Add(d))
	}
}

// quiet returns nil for an error of a connection to a client that this or the network has caused, or that the handler knows about, and any
// other error as it is.
func quiet(err error) error {
	_, ok := errors.AsType[*net.OpError](err)
	if ok || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errIncomplete) {
		return nil
	}
	return err
}

// isTooLong reports whether a read has found no end within the Reader's limit.
func isTooLong(err error) bool {
	_, ok := errors.AsType[*poll.LimitError](err)
	return ok
}
