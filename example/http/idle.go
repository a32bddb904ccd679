package main

import (
	"time"

	"github.com/goasync/goasync/poll"
)

// An idleConn is a connection, as an element of the list of those that wait for a request.
type idleConn struct {
	conn       *poll.Conn
	prev, next *idleConn
	since      time.Duration // by the server's time
}

// An idleList has the connections that wait for a request, the ones that have waited longest first.
type idleList struct {
	first, last *idleConn
}

// add adds k, which begins to wait now.
func (l *idleList) add(k *idleConn, now time.Duration) {
	k.since, k.prev, k.next = now, l.last, nil
	if l.last == nil {
		l.first = k
	} else {
		l.last.next = k
	}
	l.last = k
}

// remove removes k.
func (l *idleList) remove(k *idleConn) {
	if k.prev == nil {
		l.first = k.next
	} else {
		k.prev.next = k.next
	}
	if k.next == nil {
		l.last = k.prev
	} else {
		k.next.prev = k.prev
	}
	k.prev, k.next = nil, nil
}

// closeBefore closes the connections that began to wait at a time or before it, and returns how long after it the next one did, 0 if
// there is none.
func (l *idleList) closeBefore(t time.Duration) time.Duration {
	for k := l.first; k != nil; k = k.next {
		if k.since > t {
			return k.since - t
		}
		k.conn.Close()
	}
	return 0
}
