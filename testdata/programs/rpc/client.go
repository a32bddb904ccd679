// Package rpc calls a server over one connection, on which many calls are under way at a time.
package rpc

import (
	"maps"
	"slices"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A client belongs to its loop.
type client struct {
	in      *poll.Reader
	out     writer
	last    uint32 // number of the last call
	pending map[uint32]*rt.Future[[]byte]
	err     error // why the connection is lost, if it is
}

func newClient(conn *poll.Conn) *client {
	return &client{in: poll.NewReader(conn), out: writer{conn, rt.NewLock()}, pending: make(map[uint32]*rt.Future[[]byte])}
}

// call returns the server's answer to a request. A call that is cancelled, or times out, is forgotten: the answer, if there is
// one, is dropped.
//
//async:func
func (c *client) call(request string) (answer string, err error) {
	if c.err != nil {
		return "", c.err
	}
	c.last++
	id, f := c.last, rt.NewFuture[[]byte]()
	c.pending[id] = f
	defer delete(c.pending, id)
	if err := rt.Await0(c.out.send(id, []byte(request))); err != nil {
		return "", err
	}
	body, err := rt.Await(f.Wait())
	return string(body), err
}

// receive hands out the answers until the connection is lost, which fails the calls that are under way, in the order in which
// they were made.
//
//async:func
func (c *client) receive() error {
	for {
		id, body, err := rt.Await2(readFrame(c.in))
		if err != nil {
			c.err = err
			for _, id := range slices.Sorted(maps.Keys(c.pending)) {
				c.pending[id].SetError(err)
			}
			return nil
		}
		if f, ok := c.pending[id]; ok {
			f.SetResult(body)
		}
	}
}
