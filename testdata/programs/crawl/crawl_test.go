package crawl

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `/ [/a /b /busy]
/a [/a1 /a2 /]
/a1 []
/a2 [/a1 /b]
/b [/a]
/busy [/busy/end]
/busy/end []
/missing: 404 Not Found
`, Plain, Generated)
}
