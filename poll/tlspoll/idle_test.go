//go:build linux

package tlspoll

import (
	"crypto/tls"
	"net"
	"runtime"
	"testing"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// TestIdleConnectionsTakeNoGoroutine: after their handshakes connections that wait in Read, or in WaitRead, have none, and still answer.
func TestIdleConnectionsTakeNoGoroutine(t *testing.T) {
	const conns, rounds = 20, 3
	serverConfig, clientConfig := configs()
	for name, serve := range serves {
		for _, version := range versions {
			t.Run(name+" "+tls.VersionName(version), func(t *testing.T) {
				config := clientConfig.Clone()
				config.MaxVersion = version
				ln := listenLocal(t)
				ended := make(chan error)
				go func() {
					ended <- rt.RunAsync0(poll.ServeAsync(ln, func(raw *poll.Conn) rt.Awaitable[struct{}] {
						return serve(Server(raw, serverConfig))
					}))
				}()
				connect := func() *tls.Conn {
					raw, err := net.Dial("tcp", ln.Addr().String())
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(func() { raw.Close() })
					c := tls.Client(raw, config)
					exchangeByte(t, c)
					return c
				}
				within(t, "a connection that is idle, or the server", func() {
					all := []*tls.Conn{connect()} // now the server runs
					goroutines := runtime.NumGoroutine()
					for range conns {
						all = append(all, connect())
					}
					for range rounds {
						for _, c := range all {
							exchangeByte(t, c)
						}
						for runtime.NumGoroutine() > goroutines { // those of the last handshakes end
							runtime.Gosched()
						}
					}
					for _, c := range all {
						c.Close()
					}
					ln.Close()
					if err := <-ended; err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

// exchangeByte has a byte echoed.
func exchangeByte(t *testing.T, c *tls.Conn) {
	buf := []byte("x")
	if _, err := c.Write(buf); err != nil {
		t.Error(err)
	}
	if n, err := c.Read(buf); n != 1 || err != nil {
		t.Errorf("the echo is %q, %v", buf[:n], err)
	}
}
