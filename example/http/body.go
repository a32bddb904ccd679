package main

import (
	"errors"
	"io"
	"net/http"
	"os"

	"github.com/goasync/goasync/rt"
)

// chunked is the Length of a body whose length is not known before its end.
const chunked = -1

// maxChunkLine is how long the line with the size of a chunk may be, with its extensions, in bytes.
const maxChunkLine = 256

// A body is how far the body of a request has been read.
type body struct {
	x        *exchange
	chunked  bool
	begun    bool        // something has been asked for
	at       place       // where the next line is
	expected bool        // the client waits to be told to send it
	left     int64       // of the body, or of the chunk
	received int64       // bytes of the chunks, with the lines that say their sizes
	lines    []byte      // of the trailer so far
	trailer  http.Header // of a chunked one, once it has ended
	err      error       // why nothing more can be read; io.EOF at the end
	lost     error       // the last error of the connection that a Read has returned
}

// A place is where a line stands in a chunked body.
type place uint8

const (
	beforeChunk place = iota // it has the size of a chunk
	behindChunk              // it ends the data of one
	inTrailer                // it is a field behind the last one, or the end
)

// reset forgets all but the exchange.
func (b *body) reset() { *b = body{x: b.x} }

// begin begins a body of that many bytes.
func (b *body) begin(length int64) {
	switch {
	case length == chunked:
		b.chunked = true
	case length == 0:
		b.err = io.EOF
	default:
		b.left = length
	}
}

// Read reads from the body, up to len(p) bytes, and returns io.EOF at its end. A body that is not what its head says, longer than the
// server allows or too slow is an *Error; a handler that returns it has the client told. A client that ends the connection first is
// io.ErrUnexpectedEOF. A client that expects 100 Continue is sent that by the first Read, unless it has been
// answered already. Cancel: lossless.
//
//async:func
func (r *Request) Read(p []byte) (n int, err error) {
	b := &r.body
	if b.err != nil || len(p) == 0 {
		return 0, b.err
	}
	if !b.begun {
		if err := rt.Await0(b.start()); err != nil {
			b.lost = err
			return 0, err
		}
	}
	if b.chunked && b.left == 0 {
		if err := rt.Await0(b.nextChunk()); err != nil || b.left == 0 {
			return 0, b.failed(err)
		}
	}
	n, err = rt.Await(b.x.in.Read(p[:min(int64(len(p)), b.left)]))
	b.left -= int64(n)
	if b.left == 0 && !b.chunked {
		b.err = io.EOF
	}
	return n, b.failed(err)
}

// failed returns err, as the handler is to see it, and remembers what will not change.
func (b *body) failed(err error) error {
	switch {
	case err == nil && b.err != nil && b.left == 0 && b.chunked:
		return b.err // the end
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = &Error{http.StatusRequestTimeout, "the body takes too long"}
	}
	if _, ok := errors.AsType[*Error](err); ok {
		b.err = err
	} else if err != nil {
		b.lost = err
	}
	return err
}

// start is what comes before the first byte of a body: earlier answers, and the word to send it, if the client waits for them.
//
//async:func
func (b *body) start() error {
	x := b.x
	if b.expected && x.in.Buffered() == 0 && !x.w.begun {
		x.expectRoom(len(goOn))
		if _, err := rt.Await(x.out.Write(goOn)); err != nil {
			return err
		}
	}
	b.expected = false
	if b.chunked || b.left > int64(x.in.Buffered()) {
		if err := rt.Await0(x.flush()); err != nil {
			return err
		}
	}
	x.setReadTimeout(x.server.BodyTimeout)
	b.begun = true
	return nil
}

// goOn tells the client to send the body.
var goOn = []byte("HTTP/1.1 100 Continue\r\n\r\n")

// nextChunk reads up to the data of the next chunk, or to the end of the body, when b.err is io.EOF.
//
//async:func
func (b *body) nextChunk() error {
	for b.left == 0 && b.err == nil {
		line, err := rt.Await(b.x.in.ReadUntil("\r\n"))
		switch {
		case isTooLong(err) && b.at == inTrailer:
			return errTrailerTooLong
		case isTooLong(err):
			return bad("a line between chunks is too long")
		case err != nil:
			return err
		}
		if err := b.takeLine(line); err != nil {
			return err
		}
	}
	return nil
}

// takeLine takes the next line that is not of a chunk's data, with its end.
func (b *body) takeLine(line []byte) error {
	switch b.at {
	case behindChunk:
		b.at = beforeChunk
		if len(line) > len("\r\n") {
			return bad("a chunk is longer than its size")
		}
	case beforeChunk:
		size, err := chunkSize(line[:len(line)-len("\r\n")])
		b.received += size + int64(len(line))
		switch {
		case err != nil:
			return err
		case b.received > b.x.server.MaxBody:
			return errBodyTooLong
		}
		if b.left, b.at = size, behindChunk; size == 0 {
			b.at = inTrailer
		}
	case inTrailer:
		if len(b.lines)+len(line) > b.x.server.MaxHead {
			return errTrailerTooLong
		}
		b.lines = append(b.lines, line...)
		if len(line) == len("\r\n") {
			return b.takeTrailer()
		}
	}
	return nil
}

var (
	errBodyTooLong    = &Error{http.StatusRequestEntityTooLarge, "the body is too long"}
	errTrailerTooLong = &Error{http.StatusRequestHeaderFieldsTooLarge, "the trailer is too long"}
)

// chunkSize parses the line before a chunk, without its end. Extensions are skipped.
func chunkSize(line []byte) (size int64, err error) {
	if len(line) > maxChunkLine {
		return 0, bad("a line between chunks is too long")
	}
	digits := 0
	for ; digits < len(line); digits++ {
		d := hexDigit(line[digits])
		if d < 0 {
			break
		}
		if size >= 1<<58 {
			return 0, errBodyTooLong
		}
		size = size<<4 | d
	}
	extension := line[digits:]
	if digits == 0 || len(extension) > 0 && (extension[0] != ';' || !consists(extension, valueChar)) {
		return 0, bad("the size of a chunk is no hexadecimal number")
	}
	return size, nil
}

// hexDigit returns the value of a hexadecimal digit, -1 of any other character.
func hexDigit(c byte) int64 {
	switch {
	case isDigit(c):
		return int64(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int64(c|0x20-'a') + 10
	}
	return -1
}

// takeTrailer takes the fields behind the last chunk, which ends the body.
func (b *body) takeTrailer() error {
	fields, err := parseFields(nil, b.lines)
	if err != nil {
		return err
	}
	for _, f := range fields {
		if !framing(f.name) {
			if b.trailer == nil {
				b.trailer = make(http.Header)
			}
			b.trailer.Add(string(f.name), string(f.value))
		}
	}
	b.err = io.EOF
	return nil
}

// framing reports whether a field says where a message ends or goes, which is too late in a trailer.
func framing(name []byte) bool {
	return equalFold(name, "Content-Length") || equalFold(name, "Transfer-Encoding") || equalFold(name, "Host") || equalFold(name, "Trailer")
}
