//go:build linux

package poll

import (
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkAccept: connections that come 100 at a time, are accepted, answer 64 bytes once and are reset. The time that one takes, and the
// server's CPU time for it. Goal: a ratio of 1 at most.
//
//	go test ./poll -run '^$' -bench Accept -benchtime 40000x
func BenchmarkAccept(b *testing.B) {
	for _, unit := range []string{"ns", "cpu-ns"} {
		b.Run(unit, func(b *testing.B) {
			compare(b, unit, 2000, func(b *testing.B, server *benchProcess) meter {
				to := netip.MustParseAddrPort(server.addr)
				address := &unix.SockaddrInet4{Addr: to.Addr().As4(), Port: int(to.Port())}
				return func(n int) []float64 {
					begin, before := time.Now(), server.cpu()
					for left := n; left > 0; left -= 100 {
						burst(b, address, min(left, 100))
					}
					took := float64(time.Since(begin))
					if unit == "cpu-ns" {
						took = float64(server.cpu() - before)
					}
					return []float64{took / float64(n)}
				}
			})
		})
	}
}

// burst makes n connections, with plain system calls, and has an answer on each.
func burst(b *testing.B, to *unix.SockaddrInet4, n int) {
	check := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	buf := make([]byte, 64)
	conns := make([]int, n)
	for i := range conns {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		check(err)
		conns[i] = fd
		check(unix.Connect(fd, to))
		_, err = unix.Write(fd, buf)
		check(err)
	}
	for _, fd := range conns {
		_, err := unix.Read(fd, buf)
		check(err)
		check(unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})) // resets, and leaves the port to others
		check(unix.Close(fd))
	}
}
