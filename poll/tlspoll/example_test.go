//go:build linux

package tlspoll

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A server that echoes one connection, and its client, as two tasks of one loop. In the source language the functions would be marked
// with //async:func; this is their plain form.
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

// TLS under the limits of a poll.Server: the handler begins with Server. In the source language it would be marked with //async:func.
func ExampleServer() {
	serverConfig, clientConfig := configs() // two of *tls.Config, as for crypto/tls
	greet := func(raw *poll.Conn) error {
		c := Server(raw, serverConfig)
		defer c.Close()                                     // tells the client that this is the end
		c.SetDeadline(rt.Now().Add(10 * time.Second))       // the handshake's, too
		name, err := rt.Await(poll.NewReader(c).ReadLine()) // makes the handshake before
		if err != nil {
			return err
		}
		_, err = rt.Await(c.Write(fmt.Appendf(nil, "hello %s\n", name)))
		return err
	}
	s := &poll.Server{
		MaxConns: 1000,
		Grace:    10 * time.Second,
		OnError:  func(c *poll.Conn, err error) { fmt.Println(err) }, // of a handshake, too
	}
	err := rt.Run0(func() error {
		ln, err := poll.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		serving := rt.Spawn0(func() error { return rt.Await0(s.Serve(ln, greet)) })

		c, err := rt.Await(Dial("tcp", ln.Addr().String(), clientConfig))
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := rt.Await(c.Write([]byte("gopher\n"))); err != nil {
			return err
		}
		text, err := rt.Await(poll.NewReader(c).ReadLine())
		fmt.Printf("%s\n", text)

		ln.Close() // Serve returns when the handlers have ended
		_, served := rt.Await(serving.Wait())
		return errors.Join(err, served)
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: hello gopher
}

// Package net/http dials TLS with a context.
func ExampleDialer_DialContext() {
	serverConfig, clientConfig := configs() // two of *tls.Config, as for crypto/tls
	ln, err := tls.Listen("tcp", "127.0.0.1:0", serverConfig)
	if err != nil {
		fmt.Println(err)
		return
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })}
	defer s.Close()
	go s.Serve(ln)

	transport := &http.Transport{DialTLSContext: (&Dialer{Config: clientConfig}).DialContext}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Get("https://" + ln.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	fmt.Printf("%s, %v\n", text, err)
	// Output: hello, <nil>
}

// A read that ends when there is something else to do: a task reads, and a Select waits for its end.
func ExampleConn_Read_select() {
	serverConfig, clientConfig := configs() // two of *tls.Config, as for crypto/tls
	buf, stop := make([]byte, 100), rt.NewEvent()
	serve := func(c *Conn) error {
		read := func() *rt.Task[int] {
			return rt.Spawn(func() (int, error) { return rt.Await(c.Read(buf)) }) // makes the handshake before
		}
		for reading := read(); ; {
			switch i, err := rt.Await(rt.Select(reading.WaitOp(), stop.WaitOp())); {
			case err != nil:
				return err
			case i == 0:
				n, err := reading.Result()
				if err != nil {
					return err
				}
				fmt.Printf("read %s\n", buf[:n])
				reading = read()
			default:
				reading.Cancel(nil)
				if _, err := rt.Await(reading.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
					return err // it was faster, and has read, or failed
				}
				fmt.Println("stopped: nothing of what comes next was read")
				return nil
			}
		}
	}
	err := rt.Run0(func() error {
		ln, err := Listen("tcp", "127.0.0.1:0", serverConfig)
		if err != nil {
			return err
		}
		defer ln.Close()
		serving := rt.Spawn0(func() error {
			c, err := rt.Await(ln.AcceptConn())
			if err != nil {
				return err
			}
			defer c.Close()
			return rt.Await0(serve(c))
		})
		c, err := rt.Await(Dial("tcp", ln.Addr().String(), clientConfig))
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := rt.Await(c.Write([]byte("hello"))); err != nil {
			return err
		}
		for buf[0] == 0 { // it has not been read
			if err := rt.Await0(rt.YieldNow()); err != nil {
				return err
			}
		}
		stop.Set()
		_, err = rt.Await(serving.Wait())
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// read hello
	// stopped: nothing of what comes next was read
}
