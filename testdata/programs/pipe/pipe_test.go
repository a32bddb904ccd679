package pipe

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `[<16> <1> <25> <36> <49> <4> <64> <81> <9>]
[6 7]
an odd number: 5 true
`, Plain, Generated)
}
