package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// messageSize is how long a message of the demonstration is, in bytes.
const messageSize = 64

// runDemo has clients of its own talk to a server, all on one loop, and prints to w what it took.
func runDemo(w io.Writer, clients, messages int) error {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d := &demo{
		addr:     ln.Addr().String(),
		clients:  clients,
		messages: messages,
		ready:    rt.NewFuture[struct{}](),
		begin:    rt.NewFuture[struct{}](),
	}
	if err := rt.RunAsync0(d.runAsync(&server{ln: ln})); err != nil {
		return err
	}
	fmt.Fprintf(w, "%d clients, %d messages of %d bytes each, over TCP on one loop\n", clients, messages, messageSize)
	fmt.Fprintf(w, "%12.0f messages a second\n", float64(clients*messages)/d.took.Seconds())
	fmt.Fprintf(w, "%12d bytes of memory a connection: both ends, the server's buffer of 4096 bytes included\n", d.memory/clients)
	fmt.Fprintf(w, "%12d goroutines while %d connections were open\n", d.goroutines, 2*clients)
	return nil
}

// A demo is one run of the demonstration. All its fields belong to the loop.
type demo struct {
	addr     string
	clients  int
	messages int

	connected int                  // clients whose first message has come back
	ready     *rt.Future[struct{}] // set when all of them are connected
	begin     *rt.Future[struct{}] // what they wait for then

	memory     int           // bytes that the clients and their connections take
	goroutines int           // while they wait for begin
	took       time.Duration // to echo all messages
}

// run serves the clients, each a task, until all have ended.
//
//async:func
func (d *demo) run(s *server) error {
	defer s.ln.Close()
	rt.Spawn0(func() error { return rt.Await0(s.serve()) })
	before := memory()
	tasks := make([]*rt.Task[struct{}], d.clients)
	for i := range tasks {
		tasks[i] = rt.Spawn0(func() error { return rt.Await0(d.client()) })
	}
	if _, err := rt.Await(d.ready.Wait()); err != nil {
		return err
	}
	d.memory = memory() - before
	d.goroutines = runtime.NumGoroutine()

	start := time.Now()
	d.begin.SetResult(struct{}{})
	for _, task := range tasks {
		if _, err := rt.Await(task.Wait()); err != nil {
			return err
		}
	}
	d.took = time.Since(start)
	return nil
}

// client sends messages, each once the one before has come back, and fails if anything else does.
//
//async:func
func (d *demo) client() (err error) {
	defer func() {
		if err != nil {
			d.ready.SetError(err) // so that run does not wait for this client; refused if all were ready
		}
	}()
	c, err := rt.Await(poll.Dial("tcp", d.addr))
	if err != nil {
		return err
	}
	defer c.Close()
	message, answer := make([]byte, messageSize), make([]byte, messageSize)
	binary.BigEndian.PutUint64(message, rand.Uint64())
	if err := rt.Await0(ping(c, message, answer)); err != nil {
		return err
	}
	if d.connected++; d.connected == d.clients {
		d.ready.SetResult(struct{}{})
	}
	if _, err := rt.Await(d.begin.Wait()); err != nil {
		return err
	}
	for range d.messages {
		if err := rt.Await0(ping(c, message, answer)); err != nil {
			return err
		}
	}
	return nil
}

// ping sends a message and receives the answer, which must be the same.
//
//async:func
func ping(c *poll.Conn, message, answer []byte) error {
	if _, err := rt.Await(c.Write(message)); err != nil {
		return err
	}
	for n := 0; n < len(answer); {
		k, err := rt.Await(c.Read(answer[n:]))
		if err != nil {
			return fmt.Errorf("after %d bytes of the answer: %w", n, err)
		}
		n += k
	}
	if !bytes.Equal(message, answer) {
		return fmt.Errorf("sent %x, received %x", message, answer)
	}
	return nil
}

// memory returns how many bytes the program uses, in objects that are reachable and in stacks. The kernel's are not counted.
func memory() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse)
}
