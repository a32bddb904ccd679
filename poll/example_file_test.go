//go:build linux

package poll_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A read that may take a minute, and ends when there is something else to do.
func ExampleConn_ReadOp() {
	err := rt.Run0(func() error {
		ours, theirs, err := pair()
		if err != nil {
			return err
		}
		defer ours.Close()
		defer theirs.Close()
		buf, stop := make([]byte, 100), rt.NewEvent()
		read, stopped, late := ours.ReadOp(buf), stop.WaitOp(), rt.After(time.Minute)
		theirs.Write([]byte("hello"))
		for {
			switch i, err := rt.Await(rt.SelectInOrder(read, stopped, late)); {
			case err != nil:
				return err
			case i == 0:
				n, err := read.Result()
				if err != nil {
					return err
				}
				fmt.Printf("read %s\n", buf[:n])
				stop.Set()
				read = ours.ReadOp(buf) // the other two go on
			case i == 1:
				fmt.Println("stopped: nothing of what comes next was read")
				return nil
			default:
				return errors.New("too late")
			}
		}
	})
	fmt.Println(err)
	// Output:
	// read hello
	// stopped: nothing of what comes next was read
	// <nil>
}

// A connection that is idle holds no buffer: one is taken when there is something to read, and given back then.
func ExampleConn_WaitRead() {
	buffers := sync.Pool{New: func() any { return new([4096]byte) }}
	echo := func(c *poll.Conn) error {
		for {
			if err := rt.Await0(c.WaitRead()); err != nil {
				return err
			}
			buf := buffers.Get().(*[4096]byte)
			n, err := rt.Await(c.Read(buf[:])) // which does not wait
			if err == nil {
				_, err = rt.Await(c.Write(buf[:n]))
			}
			buffers.Put(buf)
			if err != nil {
				return err
			}
		}
	}
	err := rt.Run0(func() error {
		ours, theirs, err := pair()
		if err != nil {
			return err
		}
		defer ours.Close()
		echoing := rt.Spawn0(func() error { return echo(ours) })
		back, err := rt.Await(rt.Blocking(func(context.Context) ([]byte, error) { // theirs is of package net
			defer theirs.Close()
			if _, err := theirs.Write([]byte("hello")); err != nil {
				return nil, err
			}
			back := make([]byte, 5)
			_, err := io.ReadFull(theirs, back)
			return back, err
		}))
		fmt.Printf("%s, %v\n", back, err)
		_, err = rt.Await(echoing.Wait())
		fmt.Println(err)
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// hello, <nil>
	// EOF
}

// pair returns a connection of ours and its other end, of package net.
func pair() (*poll.Conn, net.Conn, error) {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer ln.Close()
	theirs, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	ours, err := ln.AcceptConn()
	return ours, theirs, err
}

// What a process writes to a pipe is read by a task. Of a regular file the error says what to do.
func ExampleFromFile() {
	err := rt.Run0(func() error {
		r, w, err := os.Pipe()
		if err != nil {
			return err
		}
		defer r.Close()
		defer w.Close()
		f, err := poll.FromFile(r)
		if err != nil {
			return err
		}
		defer f.Close()
		reader := rt.Spawn(func() (string, error) {
			buf := make([]byte, 100)
			n, err := rt.Await(f.Read(buf))
			return string(buf[:n]), err
		})
		w.WriteString("from the pipe")
		text, err := rt.Await(reader.Wait())
		fmt.Println(text)
		return err
	})
	fmt.Println(err)

	null, err := os.Open(os.DevNull)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer null.Close()
	_, err = poll.FromFile(null)
	fmt.Println(err)
	// Output:
	// from the pipe
	// <nil>
	// poll /dev/null: a file of this kind cannot be waited for: read and write it in rt.Blocking (epoll_ctl: operation not permitted)
}
