//go:build linux

package poll

import (
	"io"
	"math"
	"os"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// openFile takes note of src if it is a regular file. Where that is read, it is at its position and without moving that, which only
// becomes what was written.
func (op *CopyOp) openFile(src io.Reader) {
	f, ok := src.(*os.File)
	if !ok {
		return
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	start, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return
	}
	op.file, op.start, op.rest = f, start, newFileRest(f, -1)
	op.own.src = io.NewSectionReader(f, start, math.MaxInt64-start)
}

// leaveFile sets the position of the file to what was written. It is there already if it was by sendfile.
func (op *CopyOp) leaveFile() {
	if op.file != nil && op.by == byBuffer {
		if _, err := op.file.Seek(op.start+op.n, io.SeekStart); err != nil && op.err == nil {
			op.err = err
		}
	}
	op.file, op.rest = nil, fileRest{}
}

// outOfFile moves from the file to the destination's socket.
func (op *CopyOp) outOfFile(fb *rt.Fiber) (went bool) {
	if !op.out.sendBy(fb, op, op.sendfile) {
		return false
	}
	op.sentFile()
	return true
}

// outOfFileHere is outOfFile on the calling goroutine, which may block.
func (op *CopyOp) outOfFileHere() {
	op.sendHere(op.sendfile)
	op.sentFile()
}

// sendfile sends a part of the file. The error is io.EOF at its end.
func (op *CopyOp) sendfile(sysfd int) (n int, err error) {
	switch n, err = op.rest.send(sysfd); {
	case err == nil && n == 0:
		return 0, io.EOF
	case err != nil && err != unix.EAGAIN:
		return n, os.NewSyscallError("sendfile", err)
	}
	return n, err
}

// sentFile takes the result of sendfile.
func (op *CopyOp) sentFile() {
	if op.out.err == io.EOF {
		op.out.err, op.ended = nil, true
	}
	op.wrote()
}
