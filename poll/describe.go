//go:build linux

package poll

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

// Describe says which descriptor is waited for, in which direction, and whom it is connected to; for dumps of package rt.
func (op *operation) Describe() rt.Waiting { return op.fd.waiting(op.side) }

// waiting describes a wait in direction d.
func (fd *descriptor) waiting(d direction) rt.Waiting {
	what := fmt.Sprintf("descriptor %d to be %s", fd.sysfd, [...]string{reading: "readable", writing: "writable"}[d])
	if of := fd.knownAs(); of != "" {
		what += ", of " + of
	}
	return rt.Waiting{What: what}
}

var _ rt.Describer = (*operation)(nil)

// knownAs returns the address that tells fd from others: the peer's, or, if that has no name, its own; or the name of a File. A Listener has none.
func (fd *descriptor) knownAs() string {
	if fd.peerForm == peerUnnamed || fd.kind == kindFile {
		if local := fd.local.Load(); local != nil {
			return (*local).String()
		}
	}
	return fd.remote().String()
}
