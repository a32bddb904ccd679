//go:build linux

package poll

import (
	"io"

	"github.com/goasync/goasync/rt"
)

// A Copier is a [Copy] that tells how far it is. The zero value is ready, and does what Copy does.
type Copier struct {
	// Progress is called when dst has taken n more bytes, at least one, and 256 KiB at most: on the loop that copies, or else on the
	// calling goroutine. It must not block. It may set deadlines, so that a connection from which nothing has come, or which has taken
	// nothing, for a while is given up; what waits in dst or src then ends with [os.ErrDeadlineExceeded].
	Progress func(n int)
}

// Copy is Copy with what k says. Cancel: as that.
func (k *Copier) Copy(dst io.Writer, src io.Reader) (n int64, err error) {
	op := new(CopierCopyOp)
	op.Init(k, dst, src)
	return op.call()
}

// CopyAsync is the async form of Copy.
func (k *Copier) CopyAsync(dst io.Writer, src io.Reader) rt.Awaitable[int64] {
	op := new(CopierCopyOp)
	op.Init(k, dst, src)
	op.Visible()
	return op
}

// A CopierCopyOp is the operation of [Copier.Copy], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type CopierCopyOp struct {
	CopyOp
}

// Init prepares a Copy from src to dst.
func (op *CopierCopyOp) Init(k *Copier, dst io.Writer, src io.Reader) {
	op.CopyOp.Init(dst, src)
	op.tell = k.Progress
}
