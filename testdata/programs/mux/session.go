// Package mux carries many streams over one connection. Each has a window: who writes more than the other end has read waits,
// so that a stream that nobody reads does not hold up the others.
package mux

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

const (
	window   = 16 << 10 // bytes of a stream that may be under way or unread
	maxFrame = 4 << 10  // bytes of data in a frame
)

type kind byte

const (
	data   kind = iota // bytes of a stream, which begins with its first frame
	end                // there is no more data
	credit             // so many bytes were read: the number stands for the length, there is no body
)

// A header is nine bytes long: the kind, the stream and the length.
type header struct {
	kind   kind
	stream uint32
	length uint32
}

var errProtocol = errors.New("the peer does not keep to the protocol")

// A session is one end of a connection.
type session struct {
	conn    *poll.Conn
	in      *poll.Reader
	writing *rt.Lock
	streams map[uint32]*stream
	last    uint32             // of our streams; ours are odd at the client and even at the server
	opened  *rt.Queue[*stream] // by the peer, and not accepted yet
	err     error              // why the session has ended
}

func newSession(conn *poll.Conn, client bool) *session {
	s := &session{conn: conn, in: poll.NewReader(conn), writing: rt.NewLock(), streams: make(map[uint32]*stream), opened: rt.NewQueue[*stream](0)}
	if client {
		s.last = 1
	}
	return s
}

// open returns a new stream. The peer hears of it with the first frame.
func (s *session) open() *stream {
	s.last += 2
	return s.add(s.last)
}

func (s *session) add(id uint32) *stream {
	st := &stream{session: s, id: id, credit: window, changed: rt.NewEvent()}
	s.streams[id] = st
	return st
}

// run hands out what comes in, until the connection ends.
//
//async:func
func (s *session) run() (err error) {
	defer func() {
		s.err = err
		if err == nil {
			s.err = io.ErrUnexpectedEOF // for streams that have not ended
		}
		s.opened.Close()
		for _, st := range s.streams {
			st.changed.Set()
		}
	}()
	for {
		h, err := rt.Await(s.readHeader())
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var body []byte
		if h.kind == data {
			if h.length > maxFrame {
				return errProtocol
			}
			body = make([]byte, h.length)
			if _, err := rt.Await(s.in.ReadFull(body)); err != nil {
				return err
			}
		}
		if err := s.receive(h, body); err != nil {
			return err
		}
	}
}

// receive handles a frame.
func (s *session) receive(h header, body []byte) error {
	st := s.streams[h.stream]
	switch {
	case st != nil:
	case h.kind == credit:
		return nil // for a stream that has ended meanwhile
	case h.stream%2 == s.last%2:
		return errProtocol
	default:
		st = s.add(h.stream)
		s.opened.TryPut(st)
	}
	switch h.kind {
	case data:
		if st.unread = append(st.unread, body...); len(st.unread) > window {
			return errProtocol
		}
	case end:
		st.ended = true
	case credit:
		st.credit += int(h.length)
	default:
		return errProtocol
	}
	st.changed.Set()
	return nil
}

// send sends a frame, whole or not at all.
//
//async:func
func (s *session) send(h header, body []byte) error {
	if err := rt.Await0(s.writing.Lock()); err != nil {
		return err
	}
	defer s.writing.Unlock()
	frame := append(make([]byte, 0, 9+len(body)), byte(h.kind))
	frame = binary.BigEndian.AppendUint32(frame, h.stream)
	frame = binary.BigEndian.AppendUint32(frame, h.length)
	frame = append(frame, body...)
	return rt.Await0(rt.Shield0(func() error {
		_, err := rt.Await(s.conn.Write(frame))
		return err
	}))
}

//async:func
func (s *session) readHeader() (header, error) {
	var b [9]byte
	if _, err := rt.Await(s.in.ReadFull(b[:])); err != nil {
		return header{}, err
	}
	return header{kind(b[0]), binary.BigEndian.Uint32(b[1:]), binary.BigEndian.Uint32(b[5:])}, nil
}
