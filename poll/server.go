//go:build linux

package poll

import (
	"errors"
	"log"
	"net"
	"os"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A Server accepts connections and serves each with a handler of its own. The zero value is ready; it may serve several listeners at once.
type Server struct {
	// MaxConns is how many connections of a listener are served at a time; not positive: any number. While there are as many, none is
	// accepted: they wait in the listener's queue.
	MaxConns int
	// Grace is how long the handlers have to end by themselves when accepting has ended; zero: no time, negative: as long as they take.
	// Then they are cancelled, and waited for: those that clean up under a rt.Shield0 as long as that takes. So cleanup needs a deadline, as
	// rt.Cleanup0 sets it.
	Grace time.Duration
	// OnError is called, on the loop, with what goes wrong. It must not block. nil: the standard logger is told.
	//
	// Of a connection it is the error of its handler, or a *rt.Failure if that has panicked, before c is closed. What concerns no
	// connection comes with a nil c, so look before using it: that connections cannot be accepted for want of descriptors or memory,
	// again only after a second without such a failure; and a *SurvivorsError when handlers do not end although they were cancelled,
	// once, as long after that as their Grace is, a second at least.
	OnError func(c *Conn, err error)
	// OnDrain is called, on the loop, when accepting has ended and before the grace of the handlers begins: it is where they are told to end
	// by themselves. It must not block. Of several listeners, it is called for each.
	OnDrain func()
	// Shed has the connections that wait closed when there are no descriptors left, by one that is kept for that, so that clients know.
	// Otherwise they wait until there are.
	Shed bool
}

// Serve accepts connections from ln, and has handler called for each, beside the others. It is a Serve of the zero [Server].
//
//async:func
func Serve(ln *Listener, handler func(c *Conn) error) error {
	return rt.Await0(new(Server).Serve(ln, handler))
}

// Serve accepts connections from ln, and has handler called for each, in a task of its own. It closes the connection when handler has
// returned. What a handler returns, or panics with, concerns nobody else: it is reported to OnError, unless it is the cancel by
// Serve (statement 219). Nothing limits how long a handler may wait for its peer: it sets deadlines, or uses rt.Timeout0, which cost a
// connection that is in time next to nothing.
//
// Serve ends when ln is closed, by anybody, or when it is cancelled itself. Then it closes ln, calls OnDrain, gives the handlers Grace,
// cancels those that are left, and returns when all have ended (statements 223 to 225): nil if ln was closed, otherwise the cancel; and a
// *[SurvivorsError] about those that the grace was too short for. Any other error of ln ends it too, and is returned. That is [ErrBusy],
// or [ErrOtherLoop], if ln is served already, which goes on.
//
// A handler that does not heed its cancel holds Serve up, for ever if need be, and OnError is told: nothing that Serve has begun goes on
// without it. Who has to end all the same stops the loop and calls its Shutdown, which returns when its own grace is over, and names
// them.
//
// Without descriptors, or memory, it goes on to serve the connections that there are, and tries to accept when one of them has ended, and
// every 100 ms (statement 222).
// Of many connections that come at once it accepts a bounded number in a turn of the loop (statement 221).
//
// Cancel: no connection that was accepted goes without its handler, no handler is left behind. Outside a task it runs on a loop of its
// own, as rt.Run does.
//
//async:func
func (s *Server) Serve(ln *Listener, handler func(c *Conn) error) error {
	v := newServing(s, ln)
	defer v.close()
	err := rt.Await0(rt.Nursery(func(g *rt.Group) error {
		defer v.stop()
		g.Go(func() error { return rt.Await0(v.keep()) })
		if err := rt.Await0(v.begun.Wait()); err != nil {
			return err
		}
		return rt.Await0(v.acceptAll(handler))
	}))
	return join([]error{err, v.failed, v.survivors})
}

// A serving is one call of Server.Serve. Its task accepts; beside it another one, which no cancel from outside reaches, keeps the handlers,
// so that they can be given time when accepting is cancelled.
type serving struct {
	*Server
	ln       *Listener
	room     *rt.Semaphore // for connections; nil: any number
	handlers *rt.Group     // once begun, and until accepting has ended

	begun *rt.Event // handlers is set
	over  *rt.Event // accepting has ended
	idle  *rt.Event // and so has the last handler

	first     *served   // of those who are served, a list
	count     int       // of them
	lacked    time.Time // when an accept last failed for want of descriptors or memory
	freed     *rt.Event // it may succeed now
	reserve   *os.File  // a descriptor that is given up to shed connections; nil: none
	failed    error     // of ln
	survivors error
}

func newServing(s *Server, ln *Listener) *serving {
	v := &serving{Server: s, ln: ln, begun: rt.NewEvent(), over: rt.NewEvent(), idle: rt.NewEvent(), freed: rt.NewEvent()}
	if s.MaxConns > 0 {
		v.room = rt.NewSemaphore(s.MaxConns)
	}
	if s.Shed {
		v.keepReserve()
	}
	return v
}

// stop ends accepting.
func (v *serving) stop() {
	refused := errors.Is(v.failed, ErrBusy) || errors.Is(v.failed, ErrOtherLoop) // then the listener is another one's
	if !refused {
		v.ln.Close() // what is in its queue is not to wait for nobody
	}
	v.handlers = nil
	if v.over.IsSet() {
		return
	}
	v.over.Set()
	if v.OnDrain != nil && !refused {
		v.OnDrain()
	}
}

// close lets go what is left.
func (v *serving) close() {
	if v.reserve != nil {
		v.reserve.Close()
	}
}

// keep is the task that keeps the handlers.
//
//async:func
func (v *serving) keep() error {
	return rt.Await0(rt.Shield0(func() error {
		return rt.Await0(rt.Nursery(func(g *rt.Group) error {
			v.handlers = g
			v.begun.Set()
			if err := rt.Await0(v.over.Wait()); err != nil {
				v.stop()
				return err
			}
			return rt.Await0(v.drain(g))
		}))
	}))
}

// acceptAll accepts connections and begins their handlers, until ln is closed.
//
//async:func
func (v *serving) acceptAll(handler func(*Conn) error) error {
	for {
		c, err := rt.Await(v.next())
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case isOpError(err):
			v.failed = err
			return nil
		case err != nil:
			return err
		case v.handlers == nil: // an error was thrown at its task
			c.Close()
			return nil
		}
		s := v.begin(c)
		v.handlers.Go(func() error { return rt.Await0(s.serve(handler)) })
	}
}

// next accepts a connection when there is room for it.
//
//async:func
func (v *serving) next() (*Conn, error) {
	if v.room != nil {
		if err := rt.Await0(v.room.Acquire()); err != nil {
			return nil, err
		}
	}
	for {
		c, err := rt.Await(v.ln.AcceptConn())
		if !isShortage(err) {
			v.plenty()
			return c, err
		}
		v.shortage(err)
		if _, err := rt.Await(rt.Select(v.freed.WaitOp(), rt.After(acceptPause))); err != nil {
			return nil, err
		}
	}
}

const (
	// acceptPause is how long a server waits at most before it tries again to accept when there are no descriptors. A try takes
	// microseconds.
	acceptPause = 100 * time.Millisecond
	// shortageGap is how long accepting has to succeed before another failure is reported: a peer that has descriptors run out again and
	// again shall not fill a log.
	shortageGap = time.Second
)

// isShortage reports whether an accept has failed for want of something that others may give back. The connection waits in the queue.
func isShortage(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) || errors.Is(err, unix.ENOBUFS) || errors.Is(err, unix.ENOMEM)
}

func (s *Server) report(c *Conn, err error) {
	switch {
	case s.OnError != nil:
		s.OnError(c, err)
	case c == nil:
		log.Print(err)
	default:
		log.Printf("poll: serving %v: %v", c.RemoteAddr(), err)
	}
}

// shortage reports that an accept has failed with err, once an episode, and sheds those that wait.
func (v *serving) shortage(err error) {
	now := rt.Now()
	if v.lacked.IsZero() || now.Sub(v.lacked) >= shortageGap {
		v.report(nil, err)
	}
	v.lacked = now
	v.freed.Clear()
	v.shed()
}

// plenty takes a descriptor as the reserve again, if there was none to take.
func (v *serving) plenty() {
	if v.Shed && v.reserve == nil {
		v.keepReserve()
	}
}

// keepReserve opens the descriptor that is kept for shed. If it cannot, there is none to give up.
func (v *serving) keepReserve() { v.reserve, _ = os.Open(os.DevNull) }

// maxShed is how many connections are shed at once.
const maxShed = 128

// shed accepts and closes the connections that wait, by giving up the reserve for that long.
func (v *serving) shed() {
	if v.reserve == nil || v.ln.acquire() != nil {
		return
	}
	defer v.ln.release()
	v.reserve.Close()
	defer v.keepReserve()
	for range maxShed {
		c, err := v.ln.acceptOn(v.ln.sysfd)
		if err != nil {
			return
		}
		c.Close()
	}
}
