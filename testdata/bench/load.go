package main

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// messageSize is how long each message is, in bytes.
const messageSize = 64

// A load is the connections of one thread to a server. On each of them there is one message under way: the next is sent when the answer
// is complete.
type load struct {
	epfd  int
	conns map[int]*client // by descriptor
	order []*client
	buf   [messageSize]byte
}

// A client is one connection.
type client struct {
	fd   int
	got  int       // of the answer, bytes
	sent time.Time // the message
}

// figures are what a load has measured.
type figures struct {
	messages float64 // a second
	p50      time.Duration
	p99      time.Duration
	p999     time.Duration
	count    int
}

func newLoad() (*load, error) {
	epfd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	return &load{epfd: epfd, conns: make(map[int]*client)}, nil
}

// close closes all connections, and drops what is under way, so that no port is kept for late packets.
func (l *load) close() {
	for _, c := range l.order {
		unix.SetsockoptLinger(c.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		unix.Close(c.fd)
	}
	unix.Close(l.epfd)
}

// connect adds connections until there are count, and has one message answered on each.
func (l *load) connect(addr string, count int) error {
	to, err := netip.ParseAddrPort(addr)
	if err != nil {
		return err
	}
	for len(l.order) < count {
		if err := l.connectOne(&unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}); err != nil {
			return fmt.Errorf("connection %d: %w", len(l.order)+1, err)
		}
	}
	return nil
}

func (l *load) connectOne(to unix.Sockaddr) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	c := &client{fd: fd}
	l.order = append(l.order, c)
	l.conns[fd] = c
	if err := errors.Join(unix.Connect(fd, to), unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)); err != nil {
		return err
	}
	if err := l.send(c, time.Now()); err != nil {
		return err
	}
	for c.got < messageSize { // it still blocks
		n, err := unix.Read(fd, l.buf[c.got:])
		if err != nil || n == 0 {
			return fmt.Errorf("read: %w", errors.Join(err, errNoAnswer))
		}
		c.got += n
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	return unix.EpollCtl(l.epfd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

var errNoAnswer = errors.New("no answer")

// send sends the next message of c.
func (l *load) send(c *client, now time.Time) error {
	c.got, c.sent = 0, now
	n, err := unix.Write(c.fd, l.buf[:])
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if n != messageSize { // there is room for one
		return fmt.Errorf("%d of %d bytes written", n, messageSize)
	}
	return nil
}

// run keeps all connections busy for a time, of which it measures what comes after the warm-up. Begin is called in between, and each
// message under way is answered at the end.
func (l *load) run(warmUp, d time.Duration, begin func()) (figures, error) {
	begun := time.Now()
	for _, c := range l.order {
		if err := l.send(c, begun); err != nil {
			return figures{}, err
		}
	}
	var took []time.Duration
	measures, ends := begun.Add(warmUp), begun.Add(warmUp+d)
	var from time.Time // the measurement
	busy := len(l.order)
	events := make([]unix.EpollEvent, 512)
	for now := begun; busy > 0; {
		n, err := unix.EpollWait(l.epfd, events, 10_000)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return figures{}, fmt.Errorf("epoll_wait: %w", errors.Join(err, errNoAnswer))
		}
		for _, event := range events[:n] {
			c := l.conns[int(event.Fd)]
			complete, err := l.receive(c)
			if err != nil {
				return figures{}, err
			}
			if !complete {
				continue
			}
			now = time.Now()
			if from.IsZero() && now.After(measures) {
				begin()
				from = now
			}
			if now.After(ends) {
				busy--
				continue
			}
			if !from.IsZero() {
				took = append(took, now.Sub(c.sent))
			}
			if err := l.send(c, now); err != nil {
				return figures{}, err
			}
		}
	}
	return evaluate(took, ends.Sub(from))
}

// receive reads, and reports whether c's answer is complete.
func (l *load) receive(c *client) (complete bool, err error) {
	n, err := unix.Read(c.fd, l.buf[c.got:])
	if err == unix.EAGAIN {
		return false, nil
	}
	if err != nil || n == 0 {
		return false, fmt.Errorf("read: %w", errors.Join(err, errNoAnswer))
	}
	c.got += n
	return c.got == messageSize, nil
}

// evaluate sums up how long the messages of a period have taken.
func evaluate(took []time.Duration, period time.Duration) (figures, error) {
	if len(took) == 0 {
		return figures{}, errNoAnswer
	}
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[int(share*float64(len(took)-1))] }
	return figures{
		messages: float64(len(took)) / period.Seconds(),
		p50:      at(0.5),
		p99:      at(0.99),
		p999:     at(0.999),
		count:    len(took),
	}, nil
}
