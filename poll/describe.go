//go:build linux

package poll

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

// Describe says which descriptor is waited for, in which direction, and whom it is connected to; for dumps of package rt.
func (op *operation) Describe() rt.Waiting {
	what := fmt.Sprintf("descriptor %d to be %s", op.fd.sysfd, [...]string{reading: "readable", writing: "writable"}[op.side])
	if op.fd.remote.IsValid() {
		what += ", of " + op.fd.remote.String()
	}
	return rt.Waiting{What: what}
}

var _ rt.Describer = (*operation)(nil)
