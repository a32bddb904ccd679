package pool

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `dialed 1
dialed 2
total 55 idle 2
closed <nil>
the user has failed 1
closed <nil>
true 0
dialed 3
closed <nil>
sum 55
`, Plain, Generated)
}
