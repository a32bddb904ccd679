package rpc

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `hello Ann
open: "opened" <nil>
wait: "waited" <nil>
sleep: rt: timed out after 1ms true 0
sleep: "" EOF
sleep: "" EOF
bye: "" EOF
Ben: "" EOF
`, Plain, Generated)
}
