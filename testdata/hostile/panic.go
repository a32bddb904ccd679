//go:build linux

package hostile

import (
	"errors"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// ErrPanic is what victims panic with.
var ErrPanic = errors.New("a panic beside sockets")

// A Body is what a task does with its connection, in both forms.
type Body struct {
	Plain func(r *Record, c *poll.Conn) error
	Async func(r *Record, c *poll.Conn) rt.Awaitable[struct{}]
}

// A Record is what the tasks of a loop note about themselves.
type Record struct {
	Served map[*poll.Conn]int // messages
	Caught int                // panics that were recovered
}

// A Victim panics when what it awaits of its connection has come.
type Victim struct {
	Body
	Leaves   bool // the message where it was
	Recovers bool // nobody is told
}

// Victims are the ways to panic at an await.
var Victims = map[string]Victim{
	"behind a read":                  {Body: Body{(*Record).behind, (*Record).behindAsync}},
	"in a deferred call that awaits": {Body: Body{(*Record).deferred, (*Record).deferredAsync}},
	"in an attempt of WhenReadable":  {Body: Body{(*Record).attempting, (*Record).attemptingAsync}, Leaves: true},
	"behind a Select":                {Body: Body{(*Record).selecting, (*Record).selectingAsync}},
	"and recover":                    {Body: Body{(*Record).recovering, (*Record).recoveringAsync}, Recovers: true},
}

// Bystander reads messages of a byte until it fails.
var Bystander = Body{(*Record).serve, (*Record).serveAsync}

//async:func
func (r *Record) serve(c *poll.Conn) error {
	for b := make([]byte, 1); ; r.Served[c]++ {
		if _, err := rt.Await(c.Read(b)); err != nil {
			return err
		}
	}
}

// behind panics when it has read.
//
//async:func
func (r *Record) behind(c *poll.Conn) error {
	if _, err := rt.Await(c.Read(make([]byte, 1))); err != nil {
		return err
	}
	panic(ErrPanic)
}

// deferred panics in a deferred call, behind another await.
//
//async:func
func (r *Record) deferred(c *poll.Conn) error {
	defer func() {
		if _, err := rt.Await(c.Write([]byte("deferred"))); err == nil {
			panic(ErrPanic)
		}
	}()
	_, err := rt.Await(c.Read(make([]byte, 1)))
	return err
}

// attempting panics in what the wait calls.
//
//async:func
func (r *Record) attempting(c *poll.Conn) error {
	woken := false
	return rt.Await0(c.WhenReadable(func() (done bool) {
		if woken {
			panic(ErrPanic)
		}
		woken = true
		return false
	}))
}

// selecting panics when its read has been chosen.
//
//async:func
func (r *Record) selecting(c *poll.Conn) error {
	read := c.ReadOp(make([]byte, 1))
	if _, err := rt.Await(rt.Select(read)); err != nil {
		return err
	}
	if _, err := read.Result(); err != nil {
		return err
	}
	panic(ErrPanic)
}

// recovering goes on behind the panic of what it awaits.
//
//async:func
func (r *Record) recovering(c *poll.Conn) (err error) {
	defer func() {
		if recover() != nil {
			r.Caught++
			_, err = rt.Await(c.Write([]byte("recovered")))
		}
	}()
	return rt.Await0(r.behind(c))
}
