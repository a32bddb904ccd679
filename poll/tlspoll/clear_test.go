//go:build linux

package tlspoll

import (
	"errors"
	"reflect"
	"testing"

	"github.com/goasync/goasync/rt"
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

// TestOperationsLetGo: an operation that has ended, and whose result has been read, refers to nothing but itself, as the frame that embeds
// it may live on for long.
func TestOperationsLetGo(t *testing.T) {
	server, client := configs()
	run(t, func() error {
		ln := NewListener(listenLocal(t), server)
		var (
			dial   DialOp
			accept ListenerAcceptConnOp
			shake  ConnHandshakeOp
			read   ConnReadOp
			wait   ConnWaitReadOp
			write  ConnWriteOp
			end    ConnCloseWriteOp
		)
		await := func(op any, begin func(), start func(*rt.Fiber, rt.Resumable) bool, result func() error) {
			for _, cancel := range []bool{false, true} {
				begin()
				task := rt.SpawnOn(rt.RunningLoop(), rt.Awaitable[struct{}](&awaitCoro{start: start, result: result}))
				if cancel {
					task.Cancel(nil)
				}
				_, err := rt.Await(task.Wait())
				if cancel && !errors.Is(err, rt.ErrTaskCanceled) || !cancel && err != nil {
					t.Errorf("%T: %v", op, err)
				}
				for _, left := range references("", reflect.ValueOf(op).Elem()) {
					if left != "transfer.try" { // which is bound to the operation itself
						t.Errorf("%T refers to %s after its result was read; cancelled: %t", op, left, cancel)
					}
				}
			}
		}
		var c, accepted *Conn
		serving := rt.Spawn0(func() (err error) {
			accepted, err = rt.Await(ln.AcceptConn())
			return errors.Join(err, rt.Await0(accepted.Handshake()))
		})
		await(&dial, func() { dial.Init("tcp", ln.Addr().String(), client) }, dial.Start, func() error {
			conn, err := dial.Result()
			if err == nil {
				c = conn
			}
			return err
		})
		defer c.Close()
		if _, err := rt.Await(serving.Wait()); err != nil {
			return err
		}
		defer accepted.Close()
		waiting := rt.Spawn(func() (*Conn, error) { return rt.Await(Dial("tcp", ln.Addr().String(), client)) })
		var second *Conn
		await(&accept, func() { accept.Init(ln) }, accept.Start, func() error {
			conn, err := accept.Result()
			if err == nil {
				second = conn
			}
			return err
		})
		defer second.Close()
		await(&shake, func() { shake.Init(second) }, shake.Start, func() error { _, err := shake.Result(); return err })
		other, err := rt.Await(waiting.Wait())
		if err != nil {
			return err
		}
		defer other.Close()
		data := []byte("x")
		await(&write, func() { write.Init(c, data) }, write.Start, func() error { _, err := write.Result(); return err })
		await(&wait, func() { wait.Init(accepted) }, wait.Start, func() error { _, err := wait.Result(); return err })
		await(&read, func() { read.Init(accepted, data) }, read.Start, func() error { _, err := read.Result(); return err })
		await(&end, func() { end.Init(c) }, end.Start, func() error { _, err := end.Result(); return err })
		return nil
	})
}

// An awaitCoro awaits an operation, as a frame that embeds it does.
type awaitCoro struct {
	rt.Frame
	start  func(*rt.Fiber, rt.Resumable) bool
	result func() error
	err    error
}

func (co *awaitCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *awaitCoro) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter() == 0 && !co.start(fb, co) {
		return co.Suspend(1)
	}
	co.err = co.result()
	return co.End()
}

func (co *awaitCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

// TestResultOfATaskIsKept: a task whose root is an operation gives the result to everybody who asks.
func TestResultOfATaskIsKept(t *testing.T) {
	server, client := configs()
	run(t, func() error {
		ln := NewListener(listenLocal(t), server)
		loop := rt.RunningLoop()
		dial := rt.SpawnOn(loop, DialAsync("tcp", ln.Addr().String(), client))
		accept := rt.SpawnOn(loop, ln.AcceptConnAsync())
		c, err := rt.Await(accept.Wait())
		if err != nil {
			return err
		}
		defer c.Close()
		shake := rt.SpawnOn(loop, c.HandshakeAsync())
		peer, err := rt.Await(dial.Wait())
		if err != nil {
			return err
		}
		peer.Close()
		read := rt.SpawnOn(loop, c.ReadAsync(make([]byte, 1)))
		for range 2 {
			if again, err := rt.Await(dial.Wait()); again != peer || err != nil {
				t.Errorf("Dial: %v, %v", again, err)
			}
			if again, err := rt.Await(accept.Wait()); again != c || err != nil {
				t.Errorf("AcceptConn: %v, %v", again, err)
			}
			if _, err := rt.Await(shake.Wait()); err != nil {
				t.Errorf("Handshake: %v", err)
			}
			if n, err := rt.Await(read.Wait()); n != 0 || err == nil {
				t.Errorf("Read: %d, %v", n, err)
			}
		}
		return nil
	})
}
