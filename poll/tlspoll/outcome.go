//go:build linux

package tlspoll

import "github.com/goasync/goasync/rt"

// outcome is what all operations have in common: a frame, and how it failed. A frame that embeds an operation may live on for long, so
// what its Result has returned is let go, unless users have the operation: then the result may be read again.
type outcome struct {
	rt.Frame
	err  error
	held bool
}

// Reset makes it that of an operation that has not begun.
func (o *outcome) Reset() { *o = outcome{} }

// Visible marks an operation that is made by an async form. The task of which it is the root reads its result each time it is asked.
func (o *outcome) Visible() {
	o.Frame.Visible()
	o.held = true
}

// take returns how the operation failed, to Result, and lets it go.
func (o *outcome) take() error {
	o.Check()
	err := o.err
	if !o.held {
		o.err = nil
	}
	return err
}
