// Package tagged sends what several pipes carry through one Unix socket, each piece with the number of its pipe, as who collects the
// output of several processes does.
package tagged

import (
	"io"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// longest is how many bytes a piece has at most.
const longest = 16

// collect sends what the pipes carry to c, until all of them have ended or stop, an eventfd, is raised.
//
//async:func
func collect(c *poll.Conn, pipes []*poll.File, stop *poll.File) error {
	defer c.Close()
	var bufs [4][longest]byte
	stopped := stop.WaitReadOp()
	reads := make([]*poll.Waiter[int], len(pipes))
	waits := make([]rt.Waiter, len(pipes)+1)
	for i, p := range pipes {
		reads[i] = p.ReadOp(bufs[i][:])
		waits[i] = reads[i]
	}
	waits[len(pipes)] = stopped
	for left := len(pipes); left > 0; {
		i, err := rt.Await(rt.SelectInOrder(waits...))
		if err != nil {
			return err
		}
		if i == len(pipes) {
			return rt.Await0(send(c, i, []byte("stopped")))
		}
		n, err := reads[i].Result()
		if err != nil && err != io.EOF {
			return err
		}
		if err := rt.Await0(send(c, i, bufs[i][:n])); err != nil {
			return err
		}
		if err == io.EOF {
			waits[i] = nil // never ready
			left--
			continue
		}
		reads[i] = pipes[i].ReadOp(bufs[i][:])
		waits[i] = reads[i]
	}
	return nil
}

// send sends one piece, its head and its body together.
//
//async:func
func send(c *poll.Conn, from int, piece []byte) error {
	_, err := rt.Await(c.Writev([][]byte{{byte(from), byte(len(piece))}, piece}))
	return err
}

// receive calls show with each piece, until the end of the stream. A piece without bytes is the end of its pipe.
//
//async:func
func receive(c *poll.Conn, show func(from int, piece string)) error {
	defer c.Close()
	for {
		head, err := rt.Await(full(c, 2))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		body, err := rt.Await(full(c, int(head[1])))
		if err != nil {
			return err
		}
		show(int(head[0]), string(body))
	}
}

// full reads n bytes. It fails with io.EOF only if there is none.
//
//async:func
func full(c *poll.Conn, n int) ([]byte, error) {
	p := make([]byte, n)
	for got := 0; got < n; {
		k, err := rt.Await(c.Read(p[got:]))
		if got += k; err == io.EOF && got > 0 {
			return nil, io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

// raise raises an eventfd, as another process might. The counter is 8 bytes of the machine's order, so any but zeros will do.
//
//async:func
func raise(event *poll.File) error {
	if err := rt.Await0(event.WaitWrite()); err != nil {
		return err
	}
	raw, err := event.SyscallConn()
	if err != nil {
		return err
	}
	return raw.Control(func(fd uintptr) { unix.Write(int(fd), []byte{1, 0, 0, 0, 0, 0, 0, 1}) })
}
