package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// The servers that are compared run in processes of their own, each this test binary, on one core, so that their CPU time can be told
// from the clients'. Such a process prints its address, answers each line with a usage, and ends with its input.

// A usage is what a server has used: CPU time in nanoseconds, user and kernel, allocations so far, and bytes in its heap and stacks.
type usage struct {
	cpu, allocs, bytes int64
}

// benchServer is main of a server process.
func benchServer(kind string) {
	confineTo(0)
	switch kind {
	case "goasync":
		ln, err := poll.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		fmt.Println(ln.Addr())
		s := NewServer()
		s.Conns.MaxConns = 0 // as many as net/http
		go func() { panic(rt.RunAsync0(runAsync(s, ln))) }()
	case "net/http":
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		fmt.Println(ln.Addr())
		go func() { panic(http.Serve(ln, http.HandlerFunc(netHello))) }()
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		u := used(lines.Text() == "memory")
		fmt.Println(u.cpu, u.allocs, u.bytes)
	}
}

// netHello is hello for package net/http.
func netHello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "Hello!\n")
}

// used returns what this process uses; its memory after what is not in use was freed, if collect is set.
func used(collect bool) usage {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	if collect {
		runtime.GC()
		runtime.GC() // what is in pools is freed by the second
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{r.Utime.Nano() + r.Stime.Nano(), int64(m.Mallocs), int64(m.HeapAlloc + m.StackInuse)}
}

// confineTo has all threads of this process run on one core, if there is that core.
func confineTo(core int) (ok bool) {
	var set unix.CPUSet
	set.Set(core)
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return false
	}
	for _, thread := range threads {
		id, _ := strconv.Atoi(thread.Name())
		if err := unix.SchedSetaffinity(id, &set); err != nil && err != unix.ESRCH {
			return false
		}
	}
	return true
}

// A benchProcess is a server process, seen from its client.
type benchProcess struct {
	addr  string
	stdin io.Writer
	lines *bufio.Scanner
}

// startProcess starts a server of the given kind.
func startProcess(b *testing.B, kind string) *benchProcess {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), runMain+"="+kind, "GOMAXPROCS=1", "GOGC=100")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	p := &benchProcess{stdin: stdin, lines: bufio.NewScanner(stdout)}
	p.lines.Scan()
	p.addr = p.lines.Text()
	return p
}

// ask asks for what the server uses.
func (p *benchProcess) ask(b *testing.B, what string) (u usage) {
	b.Helper()
	fmt.Fprintln(p.stdin, what)
	p.lines.Scan()
	if _, err := fmt.Sscan(p.lines.Text(), &u.cpu, &u.allocs, &u.bytes); err != nil {
		b.Fatal(err)
	}
	return u
}

// hellos makes n requests over each of conns, all at a time.
//
//async:func
func hellos(conns []*poll.Conn, n int) error {
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for _, c := range conns {
			g.Go(func() error { return rt.Await0(helloN(c, n)) })
		}
		return nil
	}))
}

const helloRequest = "GET / HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\n"

// helloN makes n requests over c, one after the other.
//
//async:func
func helloN(c *poll.Conn, n int) error {
	buf := make([]byte, 1000)
	for range n {
		if _, err := rt.Await(c.Write([]byte(helloRequest))); err != nil {
			return err
		}
		got := 0
		for !strings.HasSuffix(string(buf[:got]), "Hello!\n") {
			k, err := rt.Await(c.Read(buf[got:]))
			if err != nil {
				return fmt.Errorf("after %q: %w", buf[:got], err)
			}
			got += k
		}
	}
	return nil
}

// BenchmarkHello: hello over 100 connections that stay, the CPU time and the allocations of the server for a request, beside those of
// package net/http; medians of rounds in which they take turns. Goal: a ratio of 0.65.
//
//	go test ./example/http -run '^$' -bench Hello -benchtime 200000x
func BenchmarkHello(b *testing.B) {
	var before unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		b.Fatal(err)
	}
	if !confineTo(1) {
		b.Skip("needs two cores")
	}
	defer unix.SchedSetaffinity(0, &before)
	const connections, each = 100, 100
	kinds := []string{"goasync", "net/http"}
	var cpu, allocs [2][]float64
	var servers []*benchProcess
	var conns [2][]*poll.Conn
	for i, kind := range kinds {
		servers = append(servers, startProcess(b, kind))
		conns[i] = dialAll(b, servers[i].addr, connections)
		defer closeAll(conns[i])
	}
	for round, left := 0, b.N; round == 0 || left > 0; round++ { // the first warms up
		for j := range kinds {
			i := (round + j) % len(kinds)
			begin := servers[i].ask(b, "")
			if err := rt.RunAsync0(hellosAsync(conns[i], each)); err != nil {
				b.Fatal(err)
			}
			end := servers[i].ask(b, "")
			if round > 0 {
				cpu[i] = append(cpu[i], float64(end.cpu-begin.cpu)/(connections*each))
				allocs[i] = append(allocs[i], float64(end.allocs-begin.allocs)/(connections*each))
			}
		}
		if round > 0 {
			left -= connections * each
		}
	}
	b.ReportMetric(0, "ns/op") // of both together: says nothing
	for i, kind := range kinds {
		b.ReportMetric(median(cpu[i]), kind+"-cpu-ns")
		b.ReportMetric(median(allocs[i]), kind+"-allocs")
	}
	b.ReportMetric(median(cpu[0])/median(cpu[1]), "ratio")
}

// BenchmarkIdle: the memory of a connection that waits for its second request, beside one of package net/http. Goal: 1,200 bytes.
//
//	go test ./example/http -run '^$' -bench Idle -benchtime 1x
func BenchmarkIdle(b *testing.B) {
	const connections = 1000
	for _, kind := range []string{"goasync", "net/http"} {
		server := startProcess(b, kind)
		warm := dialAll(b, server.addr, 10)
		if err := rt.RunAsync0(hellosAsync(warm, 1)); err != nil {
			b.Fatal(err)
		}
		before := server.ask(b, "memory")
		conns := dialAll(b, server.addr, connections)
		for i := range conns { // one after the other, as connections that are idle mostly are
			if err := rt.RunAsync0(hellosAsync(conns[i:i+1], 1)); err != nil {
				b.Fatal(err)
			}
		}
		after := server.ask(b, "memory")
		b.ReportMetric(float64(after.bytes-before.bytes)/connections, kind+"-bytes")
		closeAll(warm)
		closeAll(conns)
	}
	b.ReportMetric(0, "ns/op")
}

func dialAll(b *testing.B, addr string, n int) (conns []*poll.Conn) {
	for range n {
		c, err := poll.Dial("tcp", addr)
		if err != nil {
			b.Fatal(err)
		}
		conns = append(conns, c)
	}
	return conns
}

func closeAll(conns []*poll.Conn) {
	for _, c := range conns {
		c.Close()
	}
}

// median sorts samples, which are not empty.
func median(samples []float64) float64 {
	slices.Sort(samples)
	return samples[len(samples)/2]
}

// TestAllocations: a request of a connection that stays allocates the frame of its handler, and nothing else.
func TestAllocations(t *testing.T) {
	if raceEnabled() {
		t.Skip("the race detector allocates")
	}
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- rt.RunAsync0(runAsync(NewServer(), ln)) }()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	request, answer := []byte(helloRequest), make([]byte, 1000)
	allocs := testing.AllocsPerRun(1000, func() {
		if _, err := c.Write(request); err != nil {
			t.Fatal(err)
		}
		for n := 0; !bytes.HasSuffix(answer[:n], []byte("Hello!\n")); {
			k, err := c.Read(answer[n:])
			if err != nil {
				t.Fatalf("after %q: %v", answer[:n], err)
			}
			n += k
		}
	})
	if allocs > 1 {
		t.Errorf("%v allocations a request, want 1", allocs)
	}
	c.Close()
	ln.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// raceEnabled reports whether the test was built with -race.
func raceEnabled() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "-race" && s.Value == "true" })
}
