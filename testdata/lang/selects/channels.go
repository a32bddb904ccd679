package selects

import (
	"errors"
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// ChannelPair passes values to a task and back, on channels without room.
//
// async
func ChannelPair(w *harness.World) (sum int, err error) {
	questions, answers := make(chan int), make(chan int, 1)
	oracle := rt.Spawn0(func() error {
		defer close(answers)
		for {
			v, err := rt.Await(rt.Recv(questions))
			if errors.Is(err, rt.ErrClosed) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := rt.Await0(rt.SendTo(answers, 2*v)); err != nil {
				return err
			}
		}
	})
	for i := range 3 {
		v, err := rt.Await(w.Get(i))
		if err != nil {
			w.Err("get", err)
			continue
		}
		if err := rt.Await0(rt.SendTo(questions, v)); err != nil {
			return sum, err
		}
		answer, err := rt.Await(rt.Recv(answers))
		if err != nil {
			return sum, err
		}
		sum += answer
	}
	close(questions)
	_, err = rt.Await(oracle.Wait())
	return sum, err
}

// ChannelEach ranges over a channel, then selects on what is left of it.
//
// async
func ChannelEach(w *harness.World) (s string, err error) {
	ch := make(chan string, 4)
	in := rt.NewReceiver(ch)
	for _, word := range []string{"a", "b", "c"} {
		ch <- word
	}
	for word, err := range rt.Each(in.All) {
		if err != nil {
			return s, err
		}
		text, err := rt.Await(w.Text(word))
		if err != nil {
			w.Err("text", err)
			break
		}
		if s += text; word == "b" {
			break
		}
	}
	close(ch)
	for open := true; open; {
		recv := in.RecvOp()
		switch i, err := rt.Await(rt.Select(rt.After(time.Hour), recv)); {
		case err != nil:
			return s, err
		case i == 1:
			word, err := recv.Result()
			open = err == nil
			s += fmt.Sprint(word, open)
		}
		if err := rt.Await0(w.Do("next")); err != nil {
			w.Err("next", err)
		}
	}
	return s, nil
}
