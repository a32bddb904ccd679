// Package loop does what should not be done on a loop.
package loop

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os/exec"
	"sync"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

type state struct {
	sync.RWMutex
	mu sync.Mutex
	wg sync.WaitGroup
}

//async:func
func blocks(s *state, ch chan int, out chan<- func() int) (n int, err error) {
	go work(<-ch) // want "go statement: the goroutine runs beside the loop, in no fixed order, and no cancel reaches it; start a task with rt.Spawn, or await rt.Blocking" "receive from a channel, which blocks the loop; await rt.Recv(ch)"
	go func() {   // want "go statement: the goroutine runs beside the loop, in no fixed order, and no cancel reaches it; start a task with rt.Spawn, or await rt.Blocking"
		time.Sleep(1)
		<-ch
	}()
	ch <- 1                               // want "send to a channel, which blocks the loop; await rt.SendTo(ch, …)"
	out <- func() int { return 1 + <-ch } // want "send to a channel, which blocks the loop; await rt.SendTo(out, …)" "receive from a channel, which blocks the loop; await rt.Recv(ch)"
	for v := range ch {                   // want "range over a channel, which blocks the loop; await rt.Recv(ch) until it fails with rt.ErrClosed"
		n += v
	}
	select { // want "select without default, which blocks the loop; await rt.Select with an rt.Receiver for each channel"
	case v, ok := <-ch:
		fmt.Println(v, ok, <-ch) // want "receive from a channel, which blocks the loop; await rt.Recv(ch)"
	case out <- nil:
	}
	select {
	case <-ch:
	case ch <- 2:
	default:
	}
	s.mu.Lock() // want "call of sync.Mutex.Lock, which blocks the loop while another has it; code between two awaits needs no lock, across an await use an rt.Lock"
	defer s.mu.Unlock()
	s.RLock() // want "call of sync.RWMutex.RLock, which blocks the loop while another has it; code between two awaits needs no lock, across an await use an rt.Lock"
	s.RUnlock()
	s.wg.Wait()       // want "call of sync.WaitGroup.Wait, which blocks the loop; use rt.Nursery, or call it in rt.Blocking"
	time.Sleep(1)     // want "call of time.Sleep, which blocks the loop; await rt.Sleep"
	n += rand.IntN(3) // want "call of rand.IntN, whose numbers a replay does not repeat; use rt.Rand()"
	n += rand.New(rand.NewPCG(1, 2)).IntN(3)
	if err := exec.Command("true").Run(); err != nil { // want "call of exec.Cmd.Run, which blocks the loop; call it in rt.Blocking"
		return n, err
	}
	_, err = http.DefaultClient.Get("http://x")           // want "call of http.Client.Get, which blocks the loop; call it in rt.Blocking"
	return n, rt.Await0(rt.Sleep(time.Since(time.Now()))) // want "call of time.Since, which does not use the loop's clock; use rt.Now().Sub(t)" "call of time.Now, which is not the loop's clock; use rt.Now()"
}

func work(int) { time.Sleep(1) }

// literals run on the loop unless they run elsewhere.
//
//async:func
func literals(ch chan int) error {
	_, err := rt.Await(rt.Gather(
		func() (int, error) { return <-ch, nil }, // want "receive from a channel, which blocks the loop; await rt.Recv(ch)"
		func() (int, error) { return rt.Await(rt.Recv((<-chan int)(ch))) },
		func() (int, error) {
			return rt.Await(rt.Blocking(func(ctx context.Context) (int, error) { time.Sleep(1); return <-ch, nil }))
		},
	))
	wait := func() { time.Sleep(1) } // want "call of time.Sleep, which blocks the loop; await rt.Sleep"
	wait()
	return err
}

//async:func
func streams(c *poll.Conn, other net.Conn) error {
	fmt.Fprintf(c, "hello")       // want "c as io.Writer for fmt.Fprintf, whose calls of Write block the loop; give it to a function that awaits, such as poll.Write, poll.Copy or poll.NewWriter, or do that in rt.Blocking"
	b := bufio.NewReader(c)       // want "c as io.Reader for bufio.NewReader, whose calls of Read block the loop; give it to a function that awaits, such as poll.Read, poll.Copy or poll.NewReader, or do that in rt.Blocking"
	_, err := other.Read(nil)     // want "call of net.Conn.Read, which blocks the loop; call it in rt.Blocking"
	r := poll.NewReader(c)        // it awaits
	fmt.Println(c.LocalAddr(), b) // no interface with Read
	if err == nil {
		err = rt.Await0(head(c))
	}
	_, err = rt.Await(r.ReadLine())
	return err
}

//async:func
func head(r io.Reader) error {
	_, err := rt.Await(poll.Read(r, make([]byte, 1)))
	return err
}

//async:func
func allowed(s *state, ch chan int) error {
	s.mu.Lock() //goasync:allow held for a moment by whoever has it
	//goasync:allow it was buffered for this
	ch <- 1
	n := 1 //goasync:allow what nothing would be said of // want "//goasync:allow of a line of which there is nothing to say; remove it"
	//goasync:allow // want "//goasync:allow without a reason; say behind it why the line is right"
	ch <- n
	//goasync:allowed is another word
	ch <- 2 // want "send to a channel, which blocks the loop; await rt.SendTo(ch, …)"
	s.mu.Unlock()
	return rt.Await0(rt.YieldNow())
}

//async:func
func elsewhere(c *poll.Conn, call func(func(*poll.Conn) error) error) error {
	ctx, cancel := context.WithTimeout(rt.Context(), time.Second) // want "call of context.WithTimeout, a timer that the loop's clock does not know; use rt.Timeout, or rt.Context in one"
	defer cancel()
	l := &io.LimitedReader{R: c, N: 5} // want "c as io.Reader for R, whose calls of Read block the loop; give it to a function that awaits, such as poll.Read, poll.Copy or poll.NewReader, or do that in rt.Blocking"
	l.R = c                            // want "c as io.Reader for l.R, whose calls of Read block the loop; give it to a function that awaits, such as poll.Read, poll.Copy or poll.NewReader, or do that in rt.Blocking"
	own := struct{ r io.Reader }{r: c}
	err := rt.Run0(func() error { return ctx.Err() }) // want "call of rt.Run0, which fails where a loop runs already; await what it is given, or give it to rt.Spawn"
	if err == nil {
		err = given(hello) // want "hello as a function for given, which has no async form, so that its calls block the loop; mark given and await it, or call it in rt.Blocking"
	}
	rt.Spawn(hello)
	_, err = rt.Await(poll.Read(own.r, make([]byte, l.N)))
	return err
}

//async:func
func hello() (int, error) { return 1, rt.Await0(rt.YieldNow()) }

func given(f func() (int, error)) error {
	_, err := f()
	return err
}

// plain is no async function.
func plain(ch chan int) { time.Sleep(1); <-ch }
