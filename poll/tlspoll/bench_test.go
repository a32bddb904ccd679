//go:build linux

package tlspoll

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// serverEnv makes this test binary the server of a benchmark, of the kind that it names. The server prints its address, answers each line
// with its memory, or with its CPU time in nanoseconds if that is "cpu", and ends with its input.
const serverEnv = "TLSPOLL_BENCH_SERVER"

// kinds are the servers that benchmarks compare: ours, ours with WaitRead, and a goroutine for each connection of crypto/tls.
var kinds = []string{"tlspoll", "WaitRead", "crypto/tls"}

// benchServer is main of the server process.
func benchServer(kind string) {
	config, _ := configs()
	switch kind {
	case "tlspoll", "WaitRead":
		ln, err := Listen("tcp", "127.0.0.1:0", config)
		if err != nil {
			panic(err)
		}
		fmt.Println(ln.Addr())
		go func() { panic(rt.RunAsync0(&serveCoro{ln: ln, serve: serves[kind]})) }()
	case "crypto/tls":
		ln, err := tls.Listen("tcp", "127.0.0.1:0", config)
		if err != nil {
			panic(err)
		}
		fmt.Println(ln.Addr())
		go func() {
			for {
				c, err := ln.Accept()
				if err != nil {
					panic(err)
				}
				go goroutineEcho(c)
			}
		}()
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if lines.Text() == "cpu" {
			fmt.Println(cpuTime())
			continue
		}
		m := memory()
		fmt.Println(m.heap, m.stacks, m.resident)
	}
}

// serves are the echos of this package.
var serves = map[string]func(*Conn) rt.Awaitable[struct{}]{"tlspoll": echoAsync, "WaitRead": thriftyAsync}

// goroutineEcho is an echo with the same buffer as that of echoCoro.
func goroutineEcho(c net.Conn) {
	defer c.Close()
	buf := make([]byte, 4096)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		if _, err := c.Write(buf[:n]); err != nil {
			return
		}
	}
}

// A usage is the memory of a process, in bytes.
type usage struct{ heap, stacks, resident float64 }

// memory returns what is left when everything has been given back that can be.
func memory() (u usage) {
	for range 3 { // stacks shrink by half at a time, and pools are emptied at the second
		debug.FreeOSMemory()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u.heap, u.stacks = float64(m.HeapAlloc), float64(m.StackInuse)
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	var size int
	fmt.Sscan(string(statm), &size, &u.resident)
	u.resident *= float64(os.Getpagesize())
	return u
}

// BenchmarkIdle measures what an idle connection costs a server after one echo, in bytes: here, with a buffer of 4 KiB for each and with
// WaitRead and none, and with crypto/tls over package net and a goroutine and such a buffer for each. What is resident holds what garbage
// of the handshakes has left in between. The ns/op say nothing.
func BenchmarkIdle(b *testing.B) {
	const conns = 2000
	all := make(map[string]usage)
	for b.Loop() {
		for _, kind := range kinds {
			all[kind] = idleConnections(b, kind, conns)
		}
	}
	b.ReportMetric(0, "ns/op")
	net := all["crypto/tls"]
	for _, kind := range kinds {
		u := all[kind]
		b.ReportMetric(u.heap+u.stacks, kind+"-B")
		b.ReportMetric((u.heap+u.stacks)/(net.heap+net.stacks), kind+"-ratio")
		b.ReportMetric(u.resident, kind+"-resident-B")
		b.ReportMetric(u.resident/net.resident, kind+"-resident-ratio")
	}
}

// idleConnections returns what each of n connections costs a server.
func idleConnections(b *testing.B, kind string, n int) usage {
	server := startServer(b, kind)
	defer server.stop()
	closeAll(server.connect(b, 10)) // what is there once for all
	before := server.memory()
	defer closeAll(server.connect(b, n))
	after := server.memory()
	per := func(after, before float64) float64 { return (after - before) / float64(n) }
	return usage{per(after.heap, before.heap), per(after.stacks, before.stacks), per(after.resident, before.resident)}
}

// BenchmarkEcho measures the CPU time that a server needs for a request of 64 bytes, on 50 connections in turn. The servers take turns, so
// that whatever else runs on the machine disturbs them alike. The ns/op say nothing.
func BenchmarkEcho(b *testing.B) {
	const conns, slice = 50, 500
	samples := make(map[string][]float64)
	type peer struct {
		*server
		conns []*tls.Conn
	}
	peers := make(map[string]peer)
	for _, kind := range kinds {
		s := startServer(b, kind)
		defer s.stop()
		p := peer{s, s.connect(b, conns)}
		defer closeAll(p.conns)
		peers[kind] = p
	}
	b.ResetTimer()
	for left := b.N; left > 0; left -= slice {
		for _, kind := range kinds {
			p := peers[kind]
			before := p.cpu()
			for i := range slice {
				exchangeOnce(b, p.conns[i%conns])
			}
			samples[kind] = append(samples[kind], (p.cpu()-before)/slice)
		}
	}
	b.ReportMetric(0, "ns/op")
	for _, kind := range kinds {
		slices.Sort(samples[kind])
		b.ReportMetric(samples[kind][len(samples[kind])/2], kind+"-ns")
	}
}

// A server is a server process, seen from a benchmark.
type server struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	lines   *bufio.Scanner
	address string
}

// startServer starts a server of the given kind.
func startServer(b *testing.B, kind string) *server {
	b.Helper()
	s := &server{cmd: exec.Command(os.Args[0])}
	s.cmd.Env = append(os.Environ(), serverEnv+"="+kind)
	s.cmd.Stderr = os.Stderr
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	s.stdin, s.lines = stdin, bufio.NewScanner(stdout)
	s.lines.Scan()
	s.address = s.lines.Text()
	return s
}

func (s *server) stop() {
	s.stdin.Close()
	s.cmd.Wait()
}

// memory asks for the server's memory.
func (s *server) memory() (u usage) {
	fmt.Fprintln(s.stdin)
	s.lines.Scan()
	fmt.Sscan(s.lines.Text(), &u.heap, &u.stacks, &u.resident)
	return u
}

// cpu asks for the server's CPU time, in nanoseconds.
func (s *server) cpu() (ns float64) {
	fmt.Fprintln(s.stdin, "cpu")
	s.lines.Scan()
	fmt.Sscan(s.lines.Text(), &ns)
	return ns
}

// connect makes n connections, and an echo on each.
func (s *server) connect(b *testing.B, n int) (conns []*tls.Conn) {
	b.Helper()
	for range n {
		c, err := tls.Dial("tcp", s.address, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			b.Fatal(err)
		}
		exchangeOnce(b, c)
		conns = append(conns, c)
	}
	return conns
}

func closeAll(conns []*tls.Conn) {
	for _, c := range conns {
		c.Close()
	}
}

// exchangeOnce has the server echo 64 bytes.
func exchangeOnce(b *testing.B, c *tls.Conn) {
	var buf [64]byte
	if _, err := c.Write(buf[:]); err != nil {
		b.Fatal(err)
	}
	if _, err := io.ReadFull(c, buf[:]); err != nil {
		b.Fatal(err)
	}
}

// cpuTime returns what the process has used, in user and kernel mode, in nanoseconds.
func cpuTime() int64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// A serveCoro is what the generator makes of a loop that accepts, and spawns an echo for each connection.
type serveCoro struct {
	rt.Frame
	ln    *Listener
	serve func(*Conn) rt.Awaitable[struct{}]
	call1 ListenerAcceptConnOp
	err   error
}

func (co *serveCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *serveCoro) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter() == 1 {
		goto await1
	}
accept:
	co.call1.Init(co.ln)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	c, err := co.call1.Result()
	if co.err = err; err != nil {
		return co.End()
	}
	rt.SpawnIn(fb, func() rt.Awaitable[struct{}] { return co.serve(c) })
	goto accept
}

func (co *serveCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}
