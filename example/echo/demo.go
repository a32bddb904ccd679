package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// messageSize is how long a message of the demonstration is, in bytes.
const messageSize = 64

// connectTimeout is how long the clients may take to connect.
const connectTimeout = 30 * time.Second

// runDemo has clients of its own talk to a server, all on one loop, and prints to w what it took.
func runDemo(w io.Writer, clients, messages int) error {
	d, err := newDemo(clients, messages)
	if err != nil {
		return err
	}
	if err := rt.RunAsync0(d.runAsync()); err != nil {
		return err
	}
	d.print(w)
	return nil
}

// A demo is one run of the demonstration. All its fields belong to the loop.
type demo struct {
	server   *server
	ln       *poll.Listener
	clients  int
	messages int

	connected int                  // clients whose first message has come back
	ready     *rt.Future[struct{}] // set when all of them are connected
	begin     *rt.Future[struct{}] // what they wait for then

	memory     int           // bytes that the clients and their connections take
	goroutines int           // while they wait for begin
	took       time.Duration // to echo all messages
}

// newDemo returns a demo with a server that listens on a free port.
func newDemo(clients, messages int) (*demo, error) {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &demo{
		server:   &server{clients: clients},
		ln:       ln,
		clients:  clients,
		messages: messages,
		ready:    rt.NewFuture[struct{}](),
		begin:    rt.NewFuture[struct{}](),
	}, nil
}

// print prints the figures of a run.
func (d *demo) print(w io.Writer) {
	fmt.Fprintf(w, "%d clients send %d messages of %d bytes each and receive them back, over TCP and on one loop with the server:\n",
		d.clients, d.messages, messageSize)
	fmt.Fprintf(w, "%8.0f messages a second\n", float64(d.clients*d.messages)/d.took.Seconds())
	fmt.Fprintf(w, "%8d bytes of memory a connection, both ends, of which %d are the server's buffer\n", d.memory/d.clients, bufferSize)
	fmt.Fprintf(w, "%8d as the number of goroutines, with all connections open\n", d.goroutines)
}

// run serves the clients, each a task, until all have ended.
//
//async:func
func (d *demo) run() error {
	defer d.ln.Close()
	rt.Spawn0(func() error { return rt.Await0(d.server.serve(d.ln)) })
	before := memory()
	tasks := make([]*rt.Task[struct{}], d.clients)
	for i := range tasks {
		tasks[i] = rt.Spawn0(func() error { return rt.Await0(d.client()) })
	}
	timeout := rt.RunningLoop().CallLater(connectTimeout, d.giveUp)
	if _, err := rt.Await(d.ready.Wait()); err != nil {
		return err
	}
	timeout.Cancel()
	d.memory = memory() - before
	d.goroutines = runtime.NumGoroutine()

	start := rt.Now()
	d.begin.SetResult(struct{}{})
	for _, task := range tasks {
		if _, err := rt.Await(task.Wait()); err != nil {
			return err
		}
	}
	d.took = rt.Now().Sub(start)
	return nil
}

// giveUp ends the wait for the clients. They may all be connected, as they see it, to a server that has no descriptors left.
func (d *demo) giveUp() {
	d.ready.SetError(fmt.Errorf("%d of %d clients served after %v; does the system allow enough open files?", d.connected, d.clients, connectTimeout))
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
	c, err := rt.Await(poll.Dial("tcp", d.ln.Addr().String()))
	if err != nil {
		return err
	}
	defer c.Close()
	message, answer := make([]byte, messageSize), make([]byte, messageSize)
	binary.BigEndian.PutUint64(message, rt.Rand().Uint64())
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
