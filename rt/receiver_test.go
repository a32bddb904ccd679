package rt_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// receives is a step that receives by in.
func receives(in *rt.Receiver[int], then func(int, error) error) step {
	return call(in.RecvAsync, in.Recv, then)
}

func TestReceiverServesInOrder(t *testing.T) {
	inBothForms(t, func(w *world) {
		ch := make(chan int, 8)
		in := rt.NewReceiver(ch)
		ch <- 1
		a := w.spawn(receives(in, w.got("a")), receives(in, w.got("a")), receives(in, w.got("a")))
		b := w.spawn(receives(in, w.got("b")), receives(in, w.got("b")))
		w.turns(2)
		w.traced("a:1")
		go func() {
			ch <- 2
			ch <- 3
			close(ch)
		}()
		w.run(a)
		w.run(b)
		slices.Sort(w.trace) // a's end and b's come together
		w.traced("a:2 a:closed b:3 b:closed")
	})
}

func TestSelectOfAReceiver(t *testing.T) {
	inBothForms(t, func(w *world) {
		ch := make(chan int)
		in := rt.NewReceiver(ch)
		e := rt.NewEvent()
		var op *rt.ReceiverRecvOp[int]
		ws := func() []rt.Waiter {
			op = in.RecvOp()
			return []rt.Waiter{op, e.WaitOp()}
		}
		// The channel wins.
		task := w.spawn(selectsInOrder(ws, w.chose("a")), step{end: func() error { return w.got("a")(op.Result()) }})
		w.turns(2)
		ch <- 1
		w.run(task)
		w.traced("a:0:nil a:1")
		// It loses: nobody receives any more.
		task = w.spawn(selectsInOrder(ws, w.chose("b")))
		w.turns(2)
		e.Set()
		select {
		case ch <- 2:
			w.Error("a loser receives")
		default:
		}
		w.run(task)
		w.traced("b:1:nil")
		// It loses, and has received: the next one gets that, before what comes later.
		e.Clear()
		task = w.spawn(selectsInOrder(ws, w.chose("c")))
		w.turns(2)
		ch <- 3
		e.Set()
		w.run(task)
		w.traced("c:1:nil")
		if !in.Held() {
			w.Error("the value is not held")
		}
		w.run(w.spawn(selectsInOrder(ws, w.chose("d")), step{end: func() error { return w.got("d")(op.Result()) }}))
		w.traced("d:0:nil d:3")
		close(ch)
		w.run(w.spawn(selectsInOrder(ws, w.chose("e")), step{end: func() error { return w.got("e")(op.Result()) }}))
		w.traced("e:0:nil e:closed")
	})
}

// Two branches at one channel, and a value that comes for both.
func TestSelectOfAReceiverTwice(t *testing.T) {
	inBothForms(t, func(w *world) {
		ch := make(chan int)
		in := rt.NewReceiver(ch)
		task := w.spawn(selects(func() []rt.Waiter { return []rt.Waiter{in.RecvOp(), in.RecvOp()} }, w.chose("a")))
		other := w.spawn(receives(in, w.got("b")))
		w.turns(2)
		ch <- 1
		w.run(task)
		ch <- 2
		w.run(other)
		w.traced("a:0:nil b:2")
		if in.Held() {
			w.Error("a value is held")
		}
	})
}

// Whatever comes first, the value is received by the task, held, or still there; the values stay in order.
func TestReceiverAgainstCancels(t *testing.T) {
	inBothForms(t, func(w *world) {
		ch := make(chan int)
		in := rt.NewReceiver(ch)
		var got []int
		gets := func(v int, err error) error {
			if err == nil {
				got = append(got, v)
			}
			return err
		}
		go func() {
			for i := range transfers {
				ch <- i
			}
			close(ch)
		}()
		cancels := 0
		for len(got) < transfers {
			e := rt.NewEvent()
			var op *rt.ReceiverRecvOp[int]
			task := w.spawn(selects(func() []rt.Waiter {
				op = in.RecvOp()
				return []rt.Waiter{e.WaitOp(), op}
			}, func(i int, err error) error {
				if i == 1 {
					return gets(op.Result())
				}
				return err
			}))
			w.turns(1)
			if cancels++; cancels%2 == 0 {
				task.Cancel(nil)
			} else {
				e.Set()
			}
			w.run(task)
			if cancels%8 == 0 {
				w.run(w.spawn(receives(in, gets)))
			}
		}
		for i, v := range got {
			if v != i {
				w.Fatalf("value %d where %d should be", v, i)
			}
		}
	})
}

func TestReceiverOnAnotherLoopAfterItsOwn(t *testing.T) {
	ch := make(chan int)
	in := rt.NewReceiver(ch)
	w := newWorld(t)
	w.spawn(receives(in, nil))
	w.turns(2)
	ch <- 1 // for a task that will never run again
	w.loop.Close()
	v, err := rt.Run(in.Recv)
	if v != 1 || err != nil {
		t.Errorf("%d, %v: the value is lost", v, err)
	}
	misuse(t, func() {
		co := rt.Drive(rt.NewReceiver(ch).RecvAsync())
		co.Send()
		co.Result()
	})
}

func TestReceiverFromAGoroutine(t *testing.T) {
	w := newWorld(t)
	ch := make(chan int, 1)
	in := rt.NewReceiverOn(w.loop, ch)
	got := make(chan string)
	go func() {
		v, err := in.Recv()
		w.loop.Post(w.loop.Stop)
		got <- fmt.Sprint(v, err)
	}()
	ch <- 7
	w.loop.Run()
	if s := <-got; s != "7 <nil>" {
		t.Error(s)
	}
	misuse(t, func() { rt.NewReceiver(ch).Recv() })
}

func ExampleReceiver() {
	ticks := make(chan int)
	go func() {
		defer close(ticks)
		for i := range 3 {
			ticks <- i
		}
	}()
	err := rt.Run0(func() error {
		in := rt.NewReceiver(ticks)
		recv := in.RecvOp()
		if i, err := rt.Select(recv, rt.After(time.Hour)); err != nil || i != 0 {
			return errors.Join(err, errors.New("nothing for an hour"))
		}
		fmt.Println(recv.Result())
		for v, err := range rt.Each(in.All) {
			if err != nil {
				return err
			}
			fmt.Println(v)
		}
		return nil
	})
	fmt.Println(err)
	// Output:
	// 0 <nil>
	// 1
	// 2
	// <nil>
}
