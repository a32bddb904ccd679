package store

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `put: done
put: done
get: "hello"
get: ""
drop: "what?\n"
what comes next begins with "0"
get: ""
sent 380000 bytes of a file, 380000 come back
received 380000, the same: true
the proxy passed on 380078 bytes and 380039 back
`, Plain, Generated)
}
