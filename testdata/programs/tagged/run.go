package tagged

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// Plain runs the program in its plain form and writes what it does to w.
func Plain(w io.Writer) error { return rt.Run0(func() error { return run(w) }) }

// Generated is Plain in the generated form.
func Generated(w io.Writer) error { return rt.RunAsync0(runAsync(w)) }

// run has two pipes collected, once to their ends and once until the collector is stopped.
//
//async:func
func run(w io.Writer) error {
	for _, stops := range []bool{false, true} {
		if err := rt.Await0(session(w, stops)); err != nil {
			return err
		}
	}
	return nil
}

// session writes to the pipes and waits, each time, until that has been received.
//
//async:func
func session(w io.Writer, stops bool) error {
	dir, err := os.MkdirTemp("", "tagged")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	from, to, err := connection(filepath.Join(dir, "s"))
	if err != nil {
		return err
	}
	readers, writers, err := pipes(2)
	if err != nil {
		return errors.Join(err, from.Close(), to.Close())
	}
	stop, err := event()
	if err != nil {
		return err
	}
	defer closeAll(readers, writers, []*poll.File{stop})
	arrived := rt.NewQueue[struct{}](0)
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { return rt.Await0(collect(from, readers, stop)) })
		g.Go(func() error {
			return rt.Await0(receive(to, func(from int, piece string) {
				fmt.Fprintf(w, "%d: %q\n", from, piece)
				arrived.TryPut(struct{}{})
			}))
		})
		for i, text := range []string{"one", "two", "a piece that is too long for one"} {
			if _, err := rt.Await(writers[i%2].Write([]byte(text))); err != nil {
				return err
			}
			for got := 0; got < len(text); got += longest {
				if _, err := rt.Await(arrived.Get()); err != nil {
					return err
				}
			}
		}
		if stops {
			return rt.Await0(raise(stop))
		}
		for _, p := range writers {
			p.Close()
			if _, err := rt.Await(arrived.Get()); err != nil {
				return err
			}
		}
		return nil
	}))
}

// connection returns both ends of a connection at path: one that was accepted, and one that package net has made.
func connection(path string) (accepted, dialed *poll.Conn, err error) {
	ln, err := poll.Listen("unix", path)
	if err != nil {
		return nil, nil, err
	}
	defer ln.Close()
	theirs, err := net.Dial("unix", path)
	if err != nil {
		return nil, nil, err
	}
	defer theirs.Close()
	if dialed, err = poll.FromConn(theirs); err != nil {
		return nil, nil, err
	}
	if accepted, err = ln.AcceptConn(); err != nil {
		dialed.Close()
		return nil, nil, err
	}
	return accepted, dialed, nil
}

// pipes returns both ends of n pipes.
func pipes(n int) (readers, writers []*poll.File, err error) {
	for range n {
		var ends [2]int
		if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
			return readers, writers, err
		}
		r, err1 := poll.NewFile(ends[0], "pipe")
		w, err2 := poll.NewFile(ends[1], "pipe")
		if err := errors.Join(err1, err2); err != nil {
			return readers, writers, err
		}
		readers, writers = append(readers, r), append(writers, w)
	}
	return readers, writers, nil
}

// event returns an eventfd.
func event() (*poll.File, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return poll.NewFile(fd, "event")
}

func closeAll(lists ...[]*poll.File) {
	for _, list := range lists {
		for _, f := range list {
			f.Close()
		}
	}
}
