package mux

import (
	"io"

	"github.com/goasync/goasync/rt"
)

// A stream is one end of it: bytes in either direction, each of which can be ended by who writes.
type stream struct {
	session *session
	id      uint32
	unread  []byte // what has come in
	ended   bool   // no more comes in
	credit  int    // bytes that may be written
	changed *rt.Event
}

// Read reads what there is, after waiting for some.
//
//async:func
func (st *stream) Read(p []byte) (n int, err error) {
	ready := func() bool { return len(st.unread) > 0 || st.ended }
	if err := rt.Await0(st.until(ready)); err != nil {
		return 0, err
	}
	if len(st.unread) == 0 {
		return 0, io.EOF
	}
	n = copy(p, st.unread)
	st.unread = st.unread[n:]
	return n, rt.Await0(st.session.send(header{credit, st.id, uint32(n)}, nil))
}

// Write writes all of p, waiting for the peer to read as often as necessary.
//
//async:func
func (st *stream) Write(p []byte) (n int, err error) {
	for n < len(p) {
		if err := rt.Await0(st.until(func() bool { return st.credit > 0 })); err != nil {
			return n, err
		}
		part := p[n:min(len(p), n+st.credit, n+maxFrame)]
		st.credit -= len(part)
		if err := rt.Await0(st.session.send(header{data, st.id, uint32(len(part))}, part)); err != nil {
			return n, err
		}
		n += len(part)
	}
	return n, nil
}

// CloseWrite ends what the peer reads.
//
//async:func
func (st *stream) CloseWrite() error { return rt.Await0(st.session.send(header{end, st.id, 0}, nil)) }

// close forgets the stream, both directions of which have ended.
func (st *stream) close() { delete(st.session.streams, st.id) }

// until waits until ready.
//
//async:func
func (st *stream) until(ready func() bool) error {
	for !ready() {
		if st.session.err != nil {
			return st.session.err
		}
		st.changed.Clear()
		if err := rt.Await0(st.changed.Wait()); err != nil {
			return err
		}
	}
	return nil
}
