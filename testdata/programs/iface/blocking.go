package iface

import (
	"context"
	"io"

	"github.com/goasync/goasync/rt"
)

// Blocking makes a Reader of an io.Reader that knows nothing of loops, such as a file: it is read on a goroutine.
type Blocking struct{ R io.Reader }

// Read reads into a buffer of its own, since a read goes on after a cancel.
//
//async:func
func (b Blocking) Read(p []byte) (int, error) {
	own := make([]byte, len(p))
	n, err := rt.Await(rt.Blocking(func(context.Context) (int, error) { return b.R.Read(own) }))
	return copy(p, own[:n]), err
}
