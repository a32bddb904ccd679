// Package hide overrides a method and leaves its async form to an embedded type.
package hide

import "github.com/goasync/goasync/rt"

type conn struct{}

// async
func (*conn) read(n int) (int, error) { return n, nil }

type counting struct{ *conn }

func (c counting) read(n int) (int, error) { return c.conn.read(n) } // want "method read of counting hides that of *conn, but readAsync is still that one's; mark read with //async, or declare readAsync too"

type right struct{ *conn }

// async
func (c right) read(n int) (int, error) { return rt.Await(c.conn.read(n)) }

// async
func uses(c counting, r right) error {
	_, err := rt.Await(c.read(1)) // want "rt.Await of c.read, which is another type's than readAsync; declare both on the same type"
	_, err = rt.Await(r.read(1))
	return err
}
