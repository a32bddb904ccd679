//go:build linux

package poll

import (
	"net"
	"testing"

	"golang.org/x/net/nettest"
)

// A Conn does all that is asked of a net.Conn.
func TestConnIsANetConn(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		nettest.TestConn(t, func() (a, b net.Conn, stop func(), err error) {
			c, peer := bothPair(t, network)
			return c, peer, func() { c.Close(); peer.Close() }, nil
		})
	})
}
