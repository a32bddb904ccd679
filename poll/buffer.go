//go:build linux

package poll

import (
	"math/bits"
	"sync"
)

const (
	// minBuffer is the size of a buffer at first, in bytes.
	minBuffer = 4 << 10
	// copyBuffer is the size of the buffer of a Copy that has to read and write, in bytes.
	copyBuffer = 32 << 10
	// maxPooled is the size of the largest buffers that are pooled, in bytes.
	maxPooled = 64 << 10
)

// A buffer belongs to a stream while data waits in it, and to its pool otherwise.
type buffer struct {
	bytes []byte
}

// pools has buffers of minBuffer bytes, of twice as many, and so on to maxPooled.
var pools [bufferClasses]sync.Pool

const bufferClasses = 5 // maxPooled/minBuffer is 2 to the fourth

// takeBuffer returns a buffer of at least n bytes: a power of two, and minBuffer at least. What is in it means nothing.
func takeBuffer(n int) *buffer {
	class := bits.Len(uint(max(n, minBuffer)-1)) - bits.Len(minBuffer-1)
	if class < len(pools) {
		if b, ok := pools[class].Get().(*buffer); ok {
			return b
		}
	}
	return &buffer{make([]byte, minBuffer<<class)}
}

// giveBuffer gives b back, which nobody may use then.
func giveBuffer(b *buffer) {
	if len(b.bytes) <= maxPooled {
		pools[bits.Len(uint(len(b.bytes)-1))-bits.Len(minBuffer-1)].Put(b)
	}
}
