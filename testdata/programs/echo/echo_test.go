package echo

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `client: got "hello"
server: client 1 has left
client: 0 more bytes, then EOF
client: got "hello"
server: client 1 is cut off: the grace period is over
client: 0 more bytes, then EOF
server: client 1 is idle
client: 0 more bytes, then EOF
`, Plain, Generated)
}
