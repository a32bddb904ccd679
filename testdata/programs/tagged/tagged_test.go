package tagged

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `0: "one"
1: "two"
0: "a piece that is "
0: "too long for one"
0: ""
1: ""
0: "one"
1: "two"
0: "a piece that is "
0: "too long for one"
2: "stopped"
`, Plain, Generated)
}
