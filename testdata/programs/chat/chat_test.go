package chat

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `Ann hears "* Ben is here"
Ann hears "* Cy is here"
Ann hears "Ben: hello"
Cy hears "Ben: hello"
Ann hears "* Ben has left"
Cy is gone
`, Plain, Generated)
}
