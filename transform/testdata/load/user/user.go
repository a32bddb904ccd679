// Package user calls async functions of another package of the same run.
package user

import (
	"github.com/goasync/goasync/rt"
	other "github.com/goasync/goasync/transform/testdata/load/stubs"
)

type wrapped struct{ *other.Conn }

// async
func read(w wrapped) (int, error) {
	if err := rt.Await0(other.Plain()); err != nil {
		return 0, err
	}
	return rt.Await(w.Read(nil))
}

var _ rt.Awaitable[int] = wrapped{}.ReadAsync(nil)
