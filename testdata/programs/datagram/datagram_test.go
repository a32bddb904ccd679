package datagram

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `"color=red": "", to 127.0.0.1
"color": "red", to 127.0.0.1
"shape": "", to 127.0.0.1
"xxxxxxxxxx": "too long", to 127.0.0.1
several at once: ["" "1" "" "2" "red"]
an answer too many: deadline exceeded true
9 requests
without a server: refused true
`, Plain, Generated)
}
