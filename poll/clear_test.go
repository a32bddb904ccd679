//go:build linux

package poll

import (
	"errors"
	"io"
	"net"
	"os"
	"reflect"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// references lists what v, a struct, refers to.
func references(prefix string, v reflect.Value) (list []string) {
	for i := range v.NumField() {
		f, name := v.Field(i), prefix+v.Type().Field(i).Name
		if f.Kind() == reflect.Struct {
			list = append(list, references(name+".", f)...)
			continue
		}
		switch f.Kind() {
		case reflect.Pointer, reflect.Func, reflect.Interface, reflect.Slice, reflect.String:
			if !f.IsZero() {
				list = append(list, name)
			}
		}
	}
	return list
}

// An awaitCoro awaits an operation that it does not know the type of, as a frame that embeds it does.
type awaitCoro struct {
	rt.Frame
	op interface {
		Start(*rt.Fiber, rt.Resumable) bool
	}
	result func() error
	err    error
}

func (co *awaitCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *awaitCoro) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter() == 0 && !co.op.Start(fb, co) {
		return co.Suspend(1)
	}
	co.err = co.result()
	return co.End()
}

func (co *awaitCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

// TestOperationsLetGo reads the result of every operation after it has ended in each way: from then on it refers to nothing, as the
// frame that embeds it may live on for long.
func TestOperationsLetGo(t *testing.T) {
	var (
		read   ConnReadOp
		write  ConnWriteOp
		accept ListenerAcceptConnOp
		dial   DialOp
	)
	all := []*awaitCoro{
		{op: &read, result: func() error { _, err := read.Result(); return err }},
		{op: &write, result: func() error { _, err := write.Result(); return err }},
		{op: &accept, result: func() error {
			c, err := accept.Result()
			if err == nil {
				c.Close()
			}
			return err
		}},
		{op: &dial, result: func() error {
			c, err := dial.Result()
			if err == nil {
				c.Close()
			}
			return err
		}},
	}
	for _, how := range []string{"at once", "after a wait", "failed", "refused", "aborted"} {
		c, peer := connPair(t)
		ln := listenLocal(t)
		address := ln.Addr().String()
		buf := make([]byte, 1)
		data := buf
		want := error(nil)
		switch how {
		case "at once":
			peer.Write(buf)
			waiting, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer waiting.Close()
		case "failed":
			c.Close()
			ln.Close()
			want = net.ErrClosed
		case "after a wait", "aborted":
			data = tooMuch
			if how == "aborted" {
				address = unanswered(t)
			}
		}
		run(t, func() error {
			loop := rt.RunningLoop()
			read.Init(c, buf)
			write.Init(c, data)
			accept.Init(ln)
			dial.Init("tcp", address)
			for _, co := range all {
				co.Reset()
				task := rt.SpawnOn(loop, rt.Awaitable[struct{}](co))
				want := want
				switch {
				case how == "refused":
					task.Cancel(nil)
					want = rt.ErrTaskCanceled
				case how == "aborted":
					rt.Await0(rt.YieldNow())
					if task.Done() {
						t.Errorf("%T did not wait", co.op)
					}
					task.Cancel(nil)
					want = rt.ErrTaskCanceled
				case how == "failed" && co.op == &dial:
					want = unix.ECONNREFUSED
				case how == "after a wait":
					rt.Await0(rt.YieldNow())
					if task.Done() && co.op != &dial { // which need not wait on this host
						t.Errorf("%T did not wait", co.op)
					}
					switch co.op {
					case &read:
						peer.Write(buf)
					case &write:
						go func() {
							for err := error(nil); err == nil; {
								_, err = peer.Read(make([]byte, 1<<20))
							}
						}()
					case &accept:
						waiting, err := net.Dial("tcp", address)
						if err != nil {
							return err
						}
						defer waiting.Close()
					}
				}
				_, err := rt.Await(task.Wait())
				if !errors.Is(err, want) {
					t.Errorf("%s: %T ended with %v, want %v", how, co.op, err, want)
				}
				if left := references("", reflect.ValueOf(co.op).Elem()); left != nil {
					t.Errorf("%s: %T refers to %v after its result was read", how, co.op, left)
				}
			}
			return nil
		})
	}
}

// unanswered returns an address at which a connect waits: its listener's queue is full.
func unanswered(t *testing.T) string {
	t.Helper()
	sysfd, err := newSocket(kindTCP, unix.AF_INET)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(sysfd) })
	if err := unix.Bind(sysfd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(sysfd, 0); err != nil {
		t.Fatal(err)
	}
	bound, err := boundTo(sysfd)
	if err != nil {
		t.Fatal(err)
	}
	address := bound.String()
	c, err := net.Dial("tcp", address) // the one that fits
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return address
}

// TestResultOfATaskIsKept: a task whose root is an operation gives the result to everybody who asks.
func TestResultOfATaskIsKept(t *testing.T) {
	c, peer := connPair(t)
	ln := listenLocal(t)
	run(t, func() error {
		loop := rt.RunningLoop()
		dial := rt.SpawnOn(loop, DialAsync("tcp", ln.Addr().String()))
		accept := rt.SpawnOn(loop, ln.AcceptConnAsync())
		peer.Close()
		read := rt.SpawnOn(loop, c.ReadAsync(make([]byte, 1)))
		for range 2 {
			if conn, err := rt.Await(dial.Wait()); conn == nil || err != nil {
				t.Errorf("Dial: %v, %v", conn, err)
			}
			if conn, err := rt.Await(accept.Wait()); conn == nil || err != nil {
				t.Errorf("AcceptConn: %v, %v", conn, err)
			}
			if n, err := rt.Await(read.Wait()); n != 0 || err == nil {
				t.Errorf("Read: %d, %v", n, err)
			}
		}
		for _, task := range []*rt.Task[*Conn]{dial, accept} {
			conn, _ := task.Result()
			conn.Close()
		}
		return nil
	})
}

// TestOperationsLetGo_More is TestOperationsLetGo for the operations of files, and Writev.
func TestOperationsLetGo_More(t *testing.T) {
	var (
		writev    ConnWritevOp
		sendFile  ConnSendFileOp
		read      FileReadOp
		write     FileWriteOp
		waitRead  FileWaitReadOp
		waitWrite FileWaitWriteOp
		waitConn  ConnWaitReadOp
	)
	source := fileWith(t, []byte("x"))
	all := []struct {
		co     awaitCoro
		begin  func(c *Conn, f *File)
		writes bool
	}{
		{awaitCoro{op: &writev, result: func() error { _, err := writev.Result(); return err }}, func(c *Conn, _ *File) { writev.Init(c, [][]byte{{1}, {2}}) }, true},
		{awaitCoro{op: &sendFile, result: func() error { _, err := sendFile.Result(); return err }}, func(c *Conn, _ *File) {
			source.Seek(0, io.SeekStart)
			sendFile.Init(c, source, -1)
		}, true},
		{awaitCoro{op: &read, result: func() error { _, err := read.Result(); return err }}, func(_ *Conn, f *File) { read.Init(f, make([]byte, 1)) }, false},
		{awaitCoro{op: &write, result: func() error { _, err := write.Result(); return err }}, func(_ *Conn, f *File) { write.Init(f, []byte{1}) }, true},
		{awaitCoro{op: &waitRead, result: func() error { _, err := waitRead.Result(); return err }}, func(_ *Conn, f *File) { waitRead.Init(f) }, false},
		{awaitCoro{op: &waitWrite, result: func() error { _, err := waitWrite.Result(); return err }}, func(_ *Conn, f *File) { waitWrite.Init(f) }, true},
		{awaitCoro{op: &waitConn, result: func() error { _, err := waitConn.Result(); return err }}, func(c *Conn, _ *File) { waitConn.Init(c) }, false},
	}
	for i := range all {
		op := &all[i]
		for _, how := range []string{"at once", "after a wait", "failed", "refused", "aborted"} {
			run(t, func() error {
				c, peer := bothPair(t, "unix")
				f, other := socketFiles(t)
				waits := how == "after a wait" || how == "aborted"
				switch {
				case how == "failed":
					c.Close()
					f.Close()
				case op.writes && waits:
					filled(c)
					for unixWrite(f) == nil {
					}
				case !op.writes && !waits:
					unixWrite(other)
					peer.TryWrite([]byte("x"))
				}
				op.begin(c, f)
				op.co.Reset()
				task := rt.SpawnOn(rt.RunningLoop(), rt.Awaitable[struct{}](&op.co))
				want := error(nil)
				if waits {
					turn()
					if task.Done() {
						t.Errorf("%T did not wait", op.co.op)
					}
				}
				switch how {
				case "refused", "aborted":
					task.Cancel(nil)
					want = rt.ErrTaskCanceled
				case "failed":
					if want = os.ErrClosed; op.co.op == &writev || op.co.op == &sendFile || op.co.op == &waitConn {
						want = net.ErrClosed
					}
				case "after a wait":
					if op.writes {
						drainAll(other)
						receive(peer.sysfd, make([]byte, 1<<20))
					} else {
						unixWrite(other)
						peer.TryWrite([]byte("x"))
					}
				}
				if _, err := rt.Await(task.Wait()); !errors.Is(err, want) {
					t.Errorf("%s: %T ended with %v, want %v", how, op.co.op, err, want)
				}
				if left := references("", reflect.ValueOf(op.co.op).Elem()); left != nil {
					t.Errorf("%s: %T refers to %v after its result was read", how, op.co.op, left)
				}
				return nil
			})
		}
	}
}
