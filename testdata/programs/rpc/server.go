package rpc

import (
	"errors"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

var errBye = errors.New("the client has said bye")

// serve answers the requests on a connection, each in a task of its own, until one of them ends it.
//
//async:func
func serve(c *poll.Conn) error {
	defer c.Close()
	in, out, open := poll.NewReader(c), &writer{c, rt.NewLock()}, rt.NewEvent()
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for {
			id, body, err := rt.Await2(readFrame(in))
			if err != nil {
				return err
			}
			g.Go(func() error {
				answer, err := rt.Await(handle(string(body), open))
				if errors.Is(err, errBye) {
					g.Cancel(nil)
					return nil
				}
				if err != nil {
					return err
				}
				return rt.Await0(out.send(id, []byte(answer)))
			})
		}
	}))
}

// handle answers a request.
//
//async:func
func handle(request string, open *rt.Event) (string, error) {
	switch request {
	case "wait": // until somebody opens
		return "waited", rt.Await0(open.Wait())
	case "open":
		open.Set()
		return "opened", nil
	case "sleep": // until the connection ends
		return "", rt.Await0(rt.NewEvent().Wait())
	case "bye":
		return "", errBye
	}
	return "hello " + request, nil
}
