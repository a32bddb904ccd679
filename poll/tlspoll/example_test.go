//go:build linux

package tlspoll

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

// A server that echoes one connection, and its client, as two tasks of one loop. In the source language the functions would be marked
// with //async; this is their plain form.
func Example() {
	serverConfig, clientConfig := configs() // two of *tls.Config, as for crypto/tls
	serve := func(ln *Listener) error {
		c, err := rt.Await(ln.AcceptConn())
		if err != nil {
			return err
		}
		defer c.Close()
		buf := make([]byte, 4096)
		n, err := rt.Await(c.Read(buf)) // makes the handshake before
		if err != nil {
			return err
		}
		_, err = rt.Await(c.Write(buf[:n]))
		return err
	}
	err := rt.Run0(func() error {
		ln, err := Listen("tcp", "127.0.0.1:0", serverConfig)
		if err != nil {
			return err
		}
		defer ln.Close()
		rt.Spawn0(func() error { return rt.Await0(serve(ln)) })

		c, err := rt.Await(Dial("tcp", ln.Addr().String(), clientConfig))
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
