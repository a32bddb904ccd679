//go:build linux

package poll

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

var errDisturbed = errors.New("an error that the sweep has thrown")

// sweep runs two tasks again and again and disturbs one of them once, before each step of the loop in turn: it cancels it, or has what it
// awaits fail. When one has ended the other is cancelled. begin makes what one run uses, and end says what holds when both have ended.
func sweep(t *testing.T, begin func(t *testing.T) (tasks [2]func() error, end func(run string))) {
	for victim := range 2 {
		for what, disturb := range map[string]func(*rt.Task[struct{}]){
			"cancelled": func(task *rt.Task[struct{}]) { task.Cancel(nil) },
			"thrown at": func(task *rt.Task[struct{}]) { task.Fiber().Throw(errDisturbed) },
		} {
			disturbed := 0
			for at, over := 1, false; !over && !t.Failed(); at++ {
				before := len(openDescriptors())
				tasks, end := begin(t)
				over = sweepOnce(t, tasks, at, func(task *rt.Task[struct{}]) { disturb(task); disturbed++ }, victim)
				run := fmt.Sprintf("task %d %s before step %d", victim, what, at)
				end(run)
				if after := openDescriptors(); len(after) > before {
					t.Errorf("%s: descriptors are left: %v", run, after)
				}
			}
			if disturbed < 3 {
				t.Errorf("task %d was %s in %d runs only", victim, what, disturbed)
			}
		}
	}
}

// sweepOnce is one run. It reports whether the victim had ended before the step.
func sweepOnce(t *testing.T, fs [2]func() error, at int, disturb func(*rt.Task[struct{}]), victim int) (over bool) {
	var tasks [2]*rt.Task[struct{}]
	step := 0
	over = true // unless the step comes
	l, err := rt.NewLoop(rt.LoopOptions{Choose: func(int) int {
		if step++; step == at {
			if task := tasks[victim]; task != nil && !task.Done() {
				disturb(task)
			}
			over = tasks[victim] != nil && tasks[victim].Done()
		}
		return 0
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.CallSoon(func() {
		for i, f := range fs {
			tasks[i] = rt.Spawn0(func() error {
				defer func() { tasks[1-i].Cancel(nil) }()
				return f()
			})
		}
		l.Stop()
	})
	l.Run()
	for i, task := range tasks {
		if _, err := rt.RunUntil(l, task); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, errDisturbed) {
			t.Errorf("task %d ended with %v", i, err)
		}
	}
	return over
}

// streamModes are the ways to send and to receive that are swept. Each returns how many bytes it has moved, also if it fails.
var streamModes = []struct {
	name    string
	send    func(c *Conn, p []byte) (int, error)
	receive func(c *Conn, p []byte) (int, error)
}{
	{
		"Read and Write",
		func(c *Conn, p []byte) (int, error) { return rt.Await(c.Write(p)) },
		func(c *Conn, p []byte) (int, error) { return rt.Await(c.Read(p)) },
	},
	{
		"Writev, and Read with a deadline",
		func(c *Conn, p []byte) (int, error) { return rt.Await(c.Writev(scatter(p, 100))) },
		func(c *Conn, p []byte) (int, error) {
			return rt.Timeout(patience, func() (int, error) { return rt.Await(c.Read(p)) })
		},
	},
	{
		"Select",
		func(c *Conn, p []byte) (int, error) { return selected(c.WriteOp(p)) },
		func(c *Conn, p []byte) (int, error) { return selected(c.ReadOp(p)) },
	},
	{
		"SendFile, and WhenReadable",
		func(c *Conn, p []byte) (int, error) {
			f, err := memoryFile(p)
			if err != nil {
				return 0, err
			}
			defer f.Close()
			n, err := rt.Await(c.SendFile(f, -1))
			if at, _ := f.Seek(0, io.SeekCurrent); at != n {
				panic("SendFile has left the file where it did not send from")
			}
			return int(n), err
		},
		func(c *Conn, p []byte) (n int, err error) {
			wait := rt.Await0(c.WhenReadable(func() (done bool) {
				n, err = c.TryRead(p)
				return err != ErrWouldBlock
			}))
			if wait != nil {
				return 0, wait
			}
			return n, err
		},
	},
	{
		"WhenWritable, and poll.Read",
		func(c *Conn, p []byte) (n int, err error) {
			wait := rt.Await0(c.WhenWritable(func() (done bool) {
				k := 0
				k, err = c.TryWrite(p[n:])
				n += k
				return err != ErrWouldBlock
			}))
			if wait != nil {
				return n, wait
			}
			return n, err
		},
		func(c *Conn, p []byte) (int, error) { return rt.Await(Read(c, p)) },
	},
	{
		"Write, and Read after WaitRead",
		func(c *Conn, p []byte) (int, error) { return rt.Await(c.Write(p)) },
		func(c *Conn, p []byte) (int, error) {
			if err := rt.Await0(c.WaitRead()); err != nil {
				return 0, err
			}
			return c.TryRead(p)
		},
	},
	{
		"poll.Write, and ReadFull",
		func(c *Conn, p []byte) (int, error) { return rt.Await(Write(c, p)) },
		func(c *Conn, p []byte) (int, error) { return rt.Await(ReadFull(c, p)) },
	},
}

// memoryFile returns a file that holds p.
func memoryFile(p []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("part", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "part")
	if _, err := f.WriteAt(p, 0); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// selected waits for op in a Select beside something that never comes.
func selected(op *Waiter[int]) (int, error) {
	if _, err := rt.Await(rt.Select(rt.NewEvent().WaitOp(), op)); err != nil {
		return 0, err
	}
	return op.Result()
}

// F32: whenever who sends or who receives is cancelled, what was sent is what was received and what is left, in its order.
func TestF32_SweepOfStreams(t *testing.T) {
	sequence := noise(40 << 10)
	overNetworks(t, func(t *testing.T, network string) {
		for _, mode := range streamModes {
			t.Run(mode.name, func(t *testing.T) {
				sweep(t, func(t *testing.T) (tasks [2]func() error, end func(run string)) {
					a, b := bothPair(t, network)
					if network == "unix" {
						a.SetWriteBuffer(1) // so that the sender waits too
					}
					sent, received := 0, []byte(nil)
					sender := func() error {
						for sent < len(sequence) {
							n, err := mode.send(a, sequence[sent:min(sent+10<<10, len(sequence))])
							sent += n
							if err != nil {
								return err
							}
						}
						for range 3 { // in which the receiver comes to wait
							if err := rt.Await0(rt.YieldNow()); err != nil {
								return err
							}
						}
						return nil
					}
					receiver := func() error {
						for buf := make([]byte, 3000); ; {
							n, err := mode.receive(b, buf)
							received = append(received, buf[:n]...)
							if err != nil {
								return err
							}
						}
					}
					return [2]func() error{sender, receiver}, func(run string) {
						a.Close()
						rest, err := io.ReadAll(b)
						b.Close()
						if received = append(received, rest...); err != nil || !bytes.Equal(received, sequence[:sent]) {
							t.Errorf("%s: %d bytes were sent, %d received, or others; %v", run, sent, len(received), err)
						}
					}
				})
			})
		}
	})
}

// F31, F32: whenever who accepts is cancelled, each connection has been accepted or waits for the next accept, and none is left open.
func TestF31_SweepOfAccepts(t *testing.T) {
	const connections = 4
	overNetworks(t, func(t *testing.T, network string) {
		for name, accept := range map[string]func(ln *Listener) (*Conn, error){
			"AcceptConn": func(ln *Listener) (*Conn, error) { return rt.Await(ln.AcceptConn()) },
			"Select": func(ln *Listener) (*Conn, error) {
				op := ln.AcceptOp()
				if _, err := rt.Await(rt.Select(rt.NewEvent().WaitOp(), op)); err != nil {
					return nil, err
				}
				return op.Result()
			},
		} {
			t.Run(name, func(t *testing.T) {
				sweep(t, func(t *testing.T) (tasks [2]func() error, end func(run string)) {
					ln := listenOver(t, network)
					var peers []net.Conn
					accepted := 0
					dialer := func() error {
						for range connections {
							peer, err := net.Dial(network, ln.Addr().String())
							if err != nil {
								return err
							}
							peers = append(peers, peer)
							for range 3 {
								if err := rt.Await0(rt.YieldNow()); err != nil {
									return err
								}
							}
						}
						return nil
					}
					accepter := func() error {
						for {
							c, err := accept(ln)
							if err != nil {
								return err
							}
							accepted++
							c.Close()
						}
					}
					return [2]func() error{dialer, accepter}, func(run string) {
						for ; accepted < len(peers); accepted++ { // what is lost hangs here
							within(t, run, func() {
								if c, err := ln.AcceptConn(); err == nil {
									c.Close()
								}
							})
						}
						ln.Close()
						for _, peer := range peers {
							peer.Close()
						}
					}
				})
			})
		}
	})
}

// pipeModes are the ways to write to a pipe and to read from it that are swept. Each returns how many bytes it has moved, also if it fails.
var pipeModes = []struct {
	name  string
	write func(w *File, p []byte) (int, error)
	read  func(r *File, p []byte) (int, error)
}{
	{
		"Read and Write",
		func(w *File, p []byte) (int, error) { return rt.Await(w.Write(p)) },
		func(r *File, p []byte) (int, error) { return rt.Await(r.Read(p)) },
	},
	{
		"WaitRead and WaitWrite",
		func(w *File, p []byte) (int, error) {
			if err := rt.Await0(w.WaitWrite()); err != nil {
				return 0, err
			}
			return w.writeSome(p)
		},
		func(r *File, p []byte) (int, error) {
			if err := rt.Await0(r.WaitRead()); err != nil {
				return 0, err
			}
			return r.readSome(p)
		},
	},
	{
		"Select",
		func(w *File, p []byte) (int, error) { return selected(w.WriteOp(p)) },
		func(r *File, p []byte) (int, error) { return selected(r.ReadOp(p)) },
	},
}

// F32, for a pipe: what was written is what was read and what is left, in its order, however the two wait.
func TestF32_SweepOfFiles(t *testing.T) {
	sequence := noise(300 << 10) // more than a pipe holds
	for _, mode := range pipeModes {
		t.Run(mode.name, func(t *testing.T) {
			sweep(t, func(t *testing.T) (tasks [2]func() error, end func(run string)) {
				r, w := pipe(t)
				written, received := 0, []byte(nil)
				writer := func() error {
					for written < len(sequence) {
						n, err := mode.write(w, sequence[written:])
						if written += n; err != nil {
							return err
						}
					}
					return nil
				}
				reader := func() error {
					for buf := make([]byte, 20<<10); ; {
						n, err := mode.read(r, buf)
						received = append(received, buf[:n]...)
						if err != nil {
							return err
						}
					}
				}
				return [2]func() error{writer, reader}, func(run string) {
					w.Close()
					rest, err := io.ReadAll(r)
					r.Close()
					if received = append(received, rest...); err != nil || !bytes.Equal(received, sequence[:written]) {
						t.Errorf("%s: %d bytes were written, %d received, or others; %v", run, written, len(received), err)
					}
				}
			})
		})
	}
}
