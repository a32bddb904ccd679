package iface

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `limited: 8 "whatever" <nil>, counted 8
counting: 17 " reads and writes" <nil>, counted 25
blocking: 25 "whatever reads and writes" <nil>, counted 25
mock: 8 "whatever" <nil>, counted 25
`, Plain, Generated)
}
