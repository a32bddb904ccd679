package middle

import (
	"errors"
	"fmt"
	"io"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// conns calls a server over connections that are used again. A message is its length, one byte, and its bytes.
type conns struct {
	addr   string
	idle   []*poll.Conn
	dialed int
}

// call is a handler. After an error, a cancel too, the connection may be in the middle of a message, so it is closed.
//
//async:func
func (cs *conns) call(request string) (answer string, err error) {
	c, err := rt.Await(cs.get())
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			c.Close()
		} else {
			cs.idle = append(cs.idle, c)
		}
	}()
	if err := rt.Await0(write(c, request)); err != nil {
		return "", err
	}
	answer, err = rt.Await(read(c))
	if err == nil && answer == "busy" {
		err = fmt.Errorf("%s: %w", request, errTemporary)
	}
	return answer, err
}

//async:func
func (cs *conns) get() (*poll.Conn, error) {
	if n := len(cs.idle); n > 0 {
		c := cs.idle[n-1]
		cs.idle = cs.idle[:n-1]
		return c, nil
	}
	cs.dialed++
	return rt.Await(poll.Dial("tcp", cs.addr))
}

func (cs *conns) close() {
	for _, c := range cs.idle {
		c.Close()
	}
	cs.idle = nil
}

var errTooLong = errors.New("the message is too long")

//async:func
func write(c *poll.Conn, message string) error {
	if len(message) > 255 {
		return errTooLong
	}
	_, err := rt.Await(c.Write(append([]byte{byte(len(message))}, message...)))
	return err
}

//async:func
func read(c *poll.Conn) (message string, err error) {
	buf := make([]byte, 256)
	for n := 0; n == 0 || n <= int(buf[0]); {
		k, err := rt.Await(c.Read(buf[n:]))
		if err == io.EOF && n > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
		n += k
	}
	return string(buf[1 : 1+int(buf[0])]), nil
}
