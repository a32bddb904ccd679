package tlsecho

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `server: ann has sent 5 bytes of echo, <nil>
client: 5 bytes came back
server: bob has sent 1048576 bytes of echo, <nil>
client: 1048576 bytes came back
server: no session: tls: client didn't provide a certificate
client: remote error: tls: certificate required
`, Plain, Generated)
}
