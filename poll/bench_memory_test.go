//go:build linux

package poll

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// idleServers are the servers whose idle connections are compared, by kind. None of them keeps a buffer for a connection that waits.
var idleServers = map[string]func(ln *Listener) error{
	"spawn":  func(ln *Listener) error { return rt.RunAsync0(newSharedEcho().acceptAllAsync(ln)) },
	"server": func(ln *Listener) error { return rt.RunAsync0(ServeAsync(ln, newSharedEcho().echoAsync)) },
	"net":    serveNetOnDemand,
}

// idlePrefix begins the kinds of server processes that are idle servers.
const idlePrefix = "idle-"

// serveNetOnDemand is a goroutine for each connection, which waits in a read of one byte and takes a buffer for the rest.
func serveNetOnDemand(ln *Listener) error {
	file, err := ln.File()
	if err != nil {
		return err
	}
	theirs, err := net.FileListener(file)
	if err != nil {
		return err
	}
	buffers := sync.Pool{New: func() any { return new([4096]byte) }}
	for {
		c, err := theirs.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer c.Close()
			first := make([]byte, 1)
			for {
				if _, err := c.Read(first); err != nil {
					return
				}
				buf := buffers.Get().(*[4096]byte)
				buf[0] = first[0]
				n, err := c.Read(buf[1:])
				if err == nil {
					_, err = c.Write(buf[:1+n])
				}
				buffers.Put(buf)
				if err != nil {
					return
				}
			}
		}()
	}
}

// memoryUse is what a process has taken, in bytes.
type memoryUse struct {
	resident float64 // as the kernel counts it, but for what files have, such as the code, when what is free has been returned
	live     float64 // objects of the heap, and stacks
}

// ownMemory measures this process.
func ownMemory() (m memoryUse) {
	for range 4 { // the first collections of a process take memory for their own work, which is no connection's
		debug.FreeOSMemory()
	}
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	var size, resident, files float64 // pages
	if _, err := fmt.Sscan(string(statm), &size, &resident, &files); err != nil {
		panic(err)
	}
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return memoryUse{resident: (resident - files) * float64(os.Getpagesize()), live: float64(s.HeapAlloc + s.StackInuse)}
}

// memory asks for the server's.
func (p *benchProcess) memory() (m memoryUse) {
	fmt.Fprintln(p.stdin, "memory")
	p.lines.Scan()
	if _, err := fmt.Sscan(p.lines.Text(), &m.resident, &m.live); err != nil {
		panic(err)
	}
	return m
}

// BenchmarkIdle: what an idle connection takes of the server's memory after one echo, beyond the kernel's part. There are 10,000 of them,
// or as many as descriptors allow. Goal: 480 bytes resident.
//
//	go test ./poll -run '^$' -bench Idle -benchtime 1x
func BenchmarkIdle(b *testing.B) {
	for _, kind := range []string{"spawn", "server", "net"} {
		b.Run(kind, func(b *testing.B) {
			count := connectionsAllowed(b, 10_000)
			for range b.N {
				server := startServer(b, idlePrefix+kind, 1)
				echoOnce(b, server.addr, count/10) // so that what is made once is there before
				before := server.memory()
				conns := echoOnce(b, server.addr, count)
				after := server.memory()
				per := func(of float64) float64 { return of / float64(count) }
				b.ReportMetric(0, "ns/op") // says nothing
				b.ReportMetric(per(after.resident-before.resident), "resident-B/conn")
				b.ReportMetric(per(after.live-before.live), "live-B/conn")
				b.ReportMetric(float64(count), "conns")
				for _, c := range conns {
					c.Close()
				}
			}
		})
	}
}

// connectionsAllowed returns how many connections a process may have, up to most.
func connectionsAllowed(b *testing.B, most int) int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		b.Fatal(err)
	}
	const others = 200 // descriptors of something else
	if limit.Cur <= 2*others {
		b.Skipf("%d descriptors are too few", limit.Cur)
	}
	return min(most, (int(limit.Cur)-others)*10/11) // and a tenth more before
}

// echoOnce connects count times, and has a message come back on each connection.
func echoOnce(t testing.TB, addr string, count int) (conns []*Conn) {
	t.Helper()
	for range count {
		c, err := Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		conns = append(conns, c)
		exchangeMessage(t, c)
	}
	return conns
}

// exchangeMessage sends a message and waits until it comes back.
func exchangeMessage(t testing.TB, c *Conn) {
	t.Helper()
	var message [64]byte
	if _, err := c.Write(message[:]); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFull(c, message[:]); err != nil {
		t.Fatal(err)
	}
}
