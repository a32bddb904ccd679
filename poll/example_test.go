//go:build linux

package poll_test

import (
	"fmt"
	"io"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A server that echoes one connection, and its client, as two tasks of one loop. In the source language the functions would be marked
// with //async:func; this is their plain form.
func Example() {
	echo := func(c *poll.Conn) error {
		defer c.Close()
		buf := make([]byte, 4096)
		for {
			n, err := rt.Await(c.Read(buf))
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if _, err := rt.Await(c.Write(buf[:n])); err != nil {
				return err
			}
		}
	}
	err := rt.Run0(func() error {
		ln, err := poll.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer ln.Close()
		rt.Spawn0(func() error {
			c, err := rt.Await(ln.AcceptConn())
			if err != nil {
				return err
			}
			return rt.Await0(echo(c))
		})

		c, err := rt.Await(poll.Dial("tcp", ln.Addr().String()))
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := rt.Await(c.Write([]byte("hello"))); err != nil {
			return err
		}
		buf := make([]byte, 100)
		n, err := rt.Await(c.Read(buf))
		fmt.Printf("%s\n", buf[:n])
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: hello
}
