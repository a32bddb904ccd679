//go:build linux

package poll

import (
	"errors"
	"net"
	"slices"
	"time"

	"github.com/goasync/goasync/rt"
)

// dial is Dial.
//
//async:func
func (d *Dialer) dial(network, to string) (*Conn, error) {
	now := rt.Now()
	limit, limited := d.limit(now)
	if limited {
		c, err := rt.Await(rt.Timeout(limit, func() (*Conn, error) { return rt.Await(d.reach(network, to, now.Add(limit))) }))
		if timeout, ok := err.(*rt.TimeoutError); ok {
			err = d.opError(network, none, timeout)
		}
		return c, err
	}
	return rt.Await(d.reach(network, to, time.Time{}))
}

// reach is dial where others see to the limit in time, until, if there is one.
//
//async:func
func (d *Dialer) reach(network, to string, until time.Time) (*Conn, error) {
	t, err := parseTarget(network, to)
	if err != nil {
		return nil, d.opError(network, none, err)
	}
	var a answer
	if q, open := t.question(d.Resolver); open {
		if a, err = rt.Await(lookup(q)); err != nil {
			return nil, err
		}
	}
	addrs, err := t.addresses(a, d)
	if err != nil {
		return nil, d.opError(network, none, err)
	}
	if len(addrs) == 1 {
		return rt.Await(connectTo(d, network, addrs[0]))
	}
	r := &attempts{dialer: d, network: network, addrs: interleave(addrs), until: until}
	return rt.Await(r.connect())
}

// attempts are those of one Dial at the addresses of a name: see Dialer.Dial.
type attempts struct {
	dialer  *Dialer
	network string
	addrs   []address
	until   time.Time // when the Dial has to be done; zero: any time

	won  *Conn   // the first that has connected
	errs []error // of the attempts, in their order; nil: it has not failed
}

// connect begins the attempts, one after the other, until one has connected, and returns when all have ended.
//
//async:func
func (r *attempts) connect() (c *Conn, err error) {
	r.errs = make([]error, len(r.addrs))
	defer func() {
		if c == nil && r.won != nil { // it came too late, or with a panic of Control
			r.won.Close()
		}
	}()
	err = rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for i := range r.addrs {
			failed := rt.NewEvent()
			g.Go(func() error {
				defer failed.Set()
				return rt.Await0(r.try(i, g))
			})
			if err := rt.Await0(r.pause(failed)); err != nil {
				return err
			}
		}
		return nil
	}))
	if err != nil || r.won == nil {
		return nil, join(append([]error{err}, r.errs...))
	}
	return r.won, nil
}

// join is errors.Join, but for a single error, which it returns as it is.
func join(errs []error) error {
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// pause waits until it is time for the next attempt: the last one has failed, or takes long.
//
//async:func
func (r *attempts) pause(failed *rt.Event) error {
	delay, limited := r.dialer.delay()
	if limited {
		_, err := rt.Await(rt.MoveOn0(delay, func() error { return rt.Await0(failed.Wait()) }))
		return err
	}
	return rt.Await0(failed.Wait())
}

// try connects to one of the addresses. The first that has connected ends the others.
//
//async:func
func (r *attempts) try(i int, g *rt.Group) error {
	c, err := rt.Await(r.attempt(i))
	switch {
	case err == nil && r.won == nil:
		r.won = c
		g.Cancel(errConnected)
	case err == nil:
		c.Close()
	case isOpError(err):
		r.errs[i] = err
	default: // thrown: it is not the attempt that has failed
		return err
	}
	return nil
}

// attempt connects to one of the addresses. Where the next one waits until it has failed, it has its share of the time that is left.
//
//async:func
func (r *attempts) attempt(i int) (*Conn, error) {
	if r.dialer.FallbackDelay >= 0 || r.until.IsZero() {
		return rt.Await(connectTo(r.dialer, r.network, r.addrs[i]))
	}
	share := shareOf(r.until.Sub(rt.Now()), len(r.addrs)-i)
	c, err := rt.Await(rt.Timeout(share, func() (*Conn, error) { return rt.Await(connectTo(r.dialer, r.network, r.addrs[i])) }))
	if timeout, ok := err.(*rt.TimeoutError); ok {
		err = r.dialer.opError(r.network, r.addrs[i], timeout)
	}
	return c, err
}

// shareOf is the part of the time that is left for the first of several attempts: that of package net, equal parts of two seconds at least.
func shareOf(left time.Duration, attempts int) time.Duration {
	const least = 2 * time.Second
	return min(left, max(left/time.Duration(attempts), least))
}

// errConnected is why the other attempts are cancelled.
var errConnected = errors.New("poll: another attempt has connected")

func isOpError(err error) bool {
	_, ok := err.(*net.OpError)
	return ok
}
