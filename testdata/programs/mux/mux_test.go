package mux

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `stream 5: 100000 bytes, the same: true
stream 7: 100000 bytes, the same: true
stream 9: 99999 bytes, the same: true
stuck: true
stream 3: 32769 bytes, the same: true
`, Plain, Generated)
}
