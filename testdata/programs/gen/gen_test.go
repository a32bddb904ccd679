package gen

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `"x" at 0
"=" at 2
again "=" at 2
"12" at 4
"+" at 6
"y" at 7
"" at 8
"z" at 0
"" at 1
"" at 0
lines: 4 syntax error: "w" at 0 true
1 1.5 3 average: 3 <nil> <nil>
a c e m left: rt: the generator is being closed
`, Plain, Generated)
}
