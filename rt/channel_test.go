package rt_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
)

// recv is a step that receives from ch.
func recv(ch <-chan int, then func(int, error) error) step {
	return call(func() rt.Awaitable[int] { return rt.RecvAsync(ch) }, func() (int, error) { return rt.Recv(ch) }, then)
}

// sendTo is a step that sends v to ch.
func sendTo(ch chan<- int, v int, then func(error) error) step {
	return call0(func() rt.Awaitable[struct{}] { return rt.SendToAsync(ch, v) }, func() error { return rt.SendTo(ch, v) }, then)
}

// got is a then that logs a value, or what kind of error came, and goes on.
func (w *world) got(name string) func(int, error) error {
	return func(v int, err error) error {
		switch {
		case errors.Is(err, rt.ErrClosed):
			w.log("%s:closed", name)
		case err != nil:
			w.log("%s:%s", name, kindOf(err))
		default:
			w.log("%s:%d", name, v)
		}
		return nil
	}
}

func TestRecv(t *testing.T) {
	inBothForms(t, func(w *world) {
		ch := make(chan int, 1)
		ch <- 1
		task := w.spawn(recv(ch, w.got("ready")), recv(ch, w.got("later")), recv(ch, w.got("end")), recv(ch, w.got("ended")))
		w.turns(2) // it waits now
		w.traced("ready:1")
		go func() {
			ch <- 2
			close(ch)
		}()
		w.run(task)
		w.traced("later:2 end:closed ended:closed")
		w.run(w.spawn(timeout(0, w.came("timeout"), recv(ch, w.got("cancelled")))))
		w.traced("cancelled:canceled timeout:nil")
	})
}

func TestSendTo(t *testing.T) {
	inBothForms(t, func(w *world) {
		ch := make(chan int, 1)
		task := w.spawn(sendTo(ch, 1, w.came("room")), sendTo(ch, 2, w.came("later")))
		w.turns(2)
		w.traced("room:nil")
		got := make(chan []int)
		go func() { got <- []int{<-ch, <-ch} }()
		w.run(task)
		w.traced("later:nil")
		if vs := <-got; !slices.Equal(vs, []int{1, 2}) {
			w.Errorf("received %v", vs)
		}
	})
}

func TestSendToAClosedChannelPanics(t *testing.T) {
	inBothForms(t, func(w *world) {
		ch := make(chan int)
		close(ch)
		defer func() {
			if p := recover(); fmt.Sprint(p) != "send on closed channel" {
				w.Errorf("panicked with %v", p)
			}
		}()
		w.run(w.spawn(sendTo(ch, 1, nil)))
		w.Error("no panic")
	})
}

func TestCancelOfAChannelWait(t *testing.T) {
	inBothForms(t, func(w *world) {
		in, out := make(chan int), make(chan int)
		tasks := []*rt.Task[struct{}]{w.spawn(recv(in, w.got("recv"))), w.spawn(sendTo(out, 1, w.came("send"))), w.spawn(recv(nil, w.got("nil")))}
		w.turns(2)
		for _, task := range tasks {
			task.Cancel(nil)
			task.Cancel(nil)
		}
		w.turns(1)
		w.traced("recv:canceled send:canceled nil:canceled")
		select {
		case in <- 1:
			w.Error("somebody receives though the cancel was delivered")
		case v := <-out:
			w.Errorf("somebody sends %d though the cancel was delivered", v)
		default:
		}
	})
}

// A value that was received before the cancel, though the task has not run since, is returned, and the cancel is the next
// await's.
func TestCancelAfterATransfer(t *testing.T) {
	inBothForms(t, func(w *world) {
		in, out := make(chan int), make(chan int)
		next := await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("next:%s", kindOf(err)); return nil })
		task := w.spawn(recv(in, w.got("recv")), next)
		w.turns(2)
		in <- 1
		task.Cancel(nil)
		task.Cancel(nil)
		w.run(task)
		task = w.spawn(sendTo(out, 2, w.came("send")), next)
		w.turns(2)
		<-out
		task.Cancel(nil)
		w.run(task)
		w.traced("recv:1 next:canceled send:nil next:canceled")
	})
}

// transfers is how often the tests repeat what is a matter of chance.
const transfers = 300

// Whatever comes first, the cancel or the value: the value is received by the task, or is still there.
func TestChannelTransfersAgainstCancels(t *testing.T) {
	inBothForms(t, func(w *world) {
		came := 0
		for i := range transfers {
			in, out := make(chan int), make(chan int, 1)
			received, sent := false, false
			receiver := w.spawn(recv(in, func(v int, err error) error {
				received = err == nil && v == i
				return err
			}))
			sender := w.spawn(sendTo(out, -1, nil), sendTo(out, i, func(err error) error {
				sent = err == nil
				return err
			}))
			w.turns(2)
			fed := make(chan struct{})
			go func() {
				in <- i
				close(fed)
			}()
			if first := <-out; first != -1 {
				w.Fatalf("received %d", first)
			}
			receiver.Cancel(nil)
			sender.Cancel(nil)
			w.turns(2)
			if !receiver.Done() || !sender.Done() { // it has completed, and was posted
				w.run(receiver)
				w.run(sender)
			}
			if received {
				came++
			} else if v := <-in; v != i {
				w.Fatalf("%d is left, want %d", v, i)
			}
			<-fed
			select {
			case v := <-out:
				if !sent || v != i {
					w.Fatalf("received %d, sent %v", v, sent)
				}
			default:
				if sent {
					w.Fatal("what was sent is lost")
				}
			}
		}
		t.Logf("%d of %d values came before the cancel", came, transfers)
	})
}

func TestChannelsOutsideATask(t *testing.T) {
	ch := make(chan int, 1)
	if err := rt.SendTo(ch, 1); err != nil {
		t.Error(err)
	}
	if v, err := rt.Recv(ch); v != 1 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
	close(ch)
	if _, err := rt.Recv(ch); err != rt.ErrClosed {
		t.Errorf("error %v, want ErrClosed", err)
	}
	w := newWorld(t)
	w.loop.CallSoon(func() {
		misuse(t, func() { rt.Recv(ch) })
		misuse(t, func() { rt.SendTo(ch, 1) })
	})
	w.turns(1)
	misuse(t, func() {
		co := rt.Drive(rt.RecvAsync(make(chan int)))
		co.Send()
		co.Result()
	})
}

// A loop that is closed while a task waits leaves no goroutine: nobody receives any more.
func TestChannelWaitOnALoopThatIsClosed(t *testing.T) {
	w := newWorld(t)
	ch := make(chan int)
	in := rt.NewReceiver(ch)
	w.spawn(recv(ch, nil))
	w.spawn(call(in.RecvAsync, in.Recv, nil))
	w.turns(2)
	w.loop.Close()
	select {
	case ch <- 1:
		t.Error("somebody receives for a task that will never run again")
	default:
	}
}
