//go:build linux

package poll

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// The server of a benchmark is a process of its own on one core, so that its CPU time can be told from the client's; it is this test
// binary, run again with serverEnv set to the kind of server. It prints its address, answers each line with its CPU time in nanoseconds,
// or with the memory that it has taken, and ends with its input.
const serverEnv = "POLL_BENCH_SERVER"

// benchServer is main of the server process.
func benchServer(kind string) {
	pinTo(serverCore)
	switch kind {
	case "poll":
		ln, err := Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		fmt.Println(ln.Addr())
		go func() { panic(rt.RunAsync0(&acceptCoro{ln: ln})) }()
	case "net":
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		fmt.Println(ln.Addr())
		go serveNet(ln)
	default:
		ln, err := Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		fmt.Println(ln.Addr())
		go func() { panic(idleServers[strings.TrimPrefix(kind, idlePrefix)](ln)) }()
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if lines.Text() == "memory" {
			m := ownMemory()
			fmt.Println(int64(m.resident), int64(m.live))
			continue
		}
		fmt.Println(cpuTime())
	}
}

// serveNet is the alternative: a goroutine for each connection.
func serveNet(ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			panic(err)
		}
		go func() {
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
		}()
	}
}

// The cores: one for the server, the other for the client, so that neither takes the other's time or caches.
const (
	serverCore = 0
	clientCore = 1
)

// pinTo confines all threads of this process, and those they will start, to one core. It reports whether there is that core.
func pinTo(core int) bool {
	var set unix.CPUSet
	set.Set(core)
	return confine(&set) == nil
}

// confine lets all threads of this process run on the cores of set alone.
func confine(set *unix.CPUSet) error {
	for range 2 { // a thread may have been started meanwhile
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return err
		}
		for _, thread := range threads {
			id, _ := strconv.Atoi(thread.Name())
			if err := unix.SchedSetaffinity(id, set); err != nil && err != unix.ESRCH {
				return err
			}
		}
	}
	return nil
}

// cpuTime returns what the process has used, in user and kernel mode.
func cpuTime() int64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// A benchProcess is a server process, seen from the benchmark.
type benchProcess struct {
	addr  string
	stdin io.WriteCloser
	lines *bufio.Scanner
}

// startServer starts a server of the given kind with the given GOMAXPROCS.
func startServer(b *testing.B, kind string, procs int) *benchProcess {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serverEnv+"="+kind, fmt.Sprint("GOMAXPROCS=", procs))
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
	p := &benchProcess{stdin: stdin, lines: bufio.NewScanner(stdout)}
	b.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	p.lines.Scan()
	p.addr = p.lines.Text()
	return p
}

// cpu asks for the server's CPU time.
func (p *benchProcess) cpu() int64 {
	fmt.Fprintln(p.stdin)
	p.lines.Scan()
	ns, err := strconv.ParseInt(p.lines.Text(), 10, 64)
	if err != nil {
		panic(err)
	}
	return ns
}

// kinds are the servers that a benchmark compares: ours, and a goroutine for each connection of package net.
var kinds = [...]string{"poll", "net"}

// A meter measures one server: exchange makes n requests and returns a sample for each, or one for all of them.
type meter func(n int) (samples []float64)

// compare starts both servers with one and with two Ps and has them take turns, slice requests at a time, so that whatever else runs on
// the machine disturbs both alike. It reports the median of the samples of each, and the ratio of the two medians.
func compare(b *testing.B, unit string, slice int, connect func(b *testing.B, server *benchProcess) meter) {
	var before unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		b.Fatal(err)
	}
	if !pinTo(clientCore) {
		b.Skip("needs two cores")
	}
	defer confine(&before)
	for _, procs := range []int{1, 2} {
		b.Run(fmt.Sprint("procs=", procs), func(b *testing.B) {
			var meters [len(kinds)]meter
			var samples [len(kinds)][]float64
			for i, kind := range kinds {
				meters[i] = connect(b, startServer(b, kind, procs))
				meters[i](slice) // warms it up
			}
			b.ResetTimer()
			for turn, left := 0, b.N; left > 0; turn, left = turn+1, left-slice {
				for i := range kinds {
					i = (i + turn) % len(kinds) // each goes first as often as the other
					samples[i] = append(samples[i], meters[i](min(left, slice))...)
				}
			}
			b.StopTimer()
			ours, other := median(samples[0]), median(samples[1])
			b.ReportMetric(0, "ns/op") // of both together: says nothing
			b.ReportMetric(ours, kinds[0]+"-"+unit)
			b.ReportMetric(other, kinds[1]+"-"+unit)
			b.ReportMetric(ours/other, "ratio")
		})
	}
}

// median sorts samples, which are not empty.
func median(samples []float64) float64 {
	slices.Sort(samples)
	return samples[len(samples)/2]
}

// BenchmarkEcho: 64 bytes over 50 connections; the server's CPU time for a request, user and kernel, as getrusage in its process has it;
// the median of slices. Goal: a ratio of 0.8.
//
//	go test ./poll -run '^$' -bench Echo -benchtime 400000x
func BenchmarkEcho(b *testing.B) {
	compare(b, "cpu-ns", 4000, func(b *testing.B, server *benchProcess) meter {
		const connections, size = 50, 64
		var conns []*Conn
		for range connections {
			c, err := Dial("tcp", server.addr)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { c.Close() })
			conns = append(conns, c)
		}
		l, err := rt.NewLoop(rt.LoopOptions{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { l.Close() })
		return func(n int) []float64 {
			before, left := server.cpu(), n
			var tasks []*rt.Task[struct{}]
			for _, c := range conns {
				tasks = append(tasks, rt.SpawnOn(l, rt.Awaitable[struct{}](&clientCoro{c: c, left: &left, buf: make([]byte, size)})))
			}
			for _, t := range tasks {
				if _, err := rt.RunUntil(l, t); err != nil {
					b.Fatal(err)
				}
			}
			return []float64{float64(server.cpu()-before) / float64(n)}
		}
	})
}

// BenchmarkLatency: the median time of a request over one connection, whose other end is a thread that blocks in plain system calls.
// Goal for one P: a ratio of 1/3.
//
//	go test ./poll -run '^$' -bench Latency -benchtime 50000x
func BenchmarkLatency(b *testing.B) {
	compare(b, "p50-ns", 100, func(b *testing.B, server *benchProcess) meter {
		c, err := Dial("tcp", server.addr)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { c.Close() })
		if err := unix.SetNonblock(c.sysfd, false); err != nil {
			b.Fatal(err)
		}
		buf := make([]byte, 64)
		// Raw calls: the client's scheduler has no part in what is measured.
		call := func(trap uintptr) {
			n, _, errno := unix.RawSyscall6(trap, uintptr(c.sysfd), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)), 0, 0, 0)
			if errno != 0 || int(n) != len(buf) {
				b.Fatalf("%d bytes, %v", n, errno)
			}
		}
		return func(n int) []float64 {
			took := make([]float64, n)
			for i := range took {
				begin := time.Now()
				call(unix.SYS_SENDTO)
				call(unix.SYS_RECVFROM)
				took[i] = float64(time.Since(begin))
			}
			return took
		}
	})
}

// BenchmarkAwait: a Read and a Write on each side of a connection within one loop; the allocations are those of all four.
func BenchmarkAwait(b *testing.B) {
	ln, err := Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	l, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	c, err := Dial("tcp", ln.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	server, err := ln.AcceptConn()
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	rt.SpawnOn(l, echoAsync(server))
	left := 100
	exchange := func() {
		if _, err := rt.RunUntil(l, rt.SpawnOn(l, rt.Awaitable[struct{}](&clientCoro{c: c, left: &left, buf: make([]byte, 64)}))); err != nil {
			b.Fatal(err)
		}
	}
	exchange()
	b.ReportAllocs()
	b.ResetTimer()
	left = b.N
	exchange()
}

// BenchmarkTimeout: by how much a Wait is late, beside the runtime's timer.
func BenchmarkTimeout(b *testing.B) {
	const d = 300 * time.Microsecond
	measure := func(b *testing.B, wait func()) {
		var late []time.Duration
		for b.Loop() {
			begin := time.Now()
			wait()
			late = append(late, time.Since(begin)-d)
		}
		slices.Sort(late)
		b.ReportMetric(float64(late[len(late)/2]), "late-p50-ns")
		b.ReportMetric(float64(late[len(late)*9/10]), "late-p90-ns")
	}
	b.Run("poller", func(b *testing.B) {
		p := newPoller(b)
		measure(b, func() {
			for end := now() + int64(d); now() < end; {
				p.Prepare()
				p.Wait(time.Duration(end - now()))
			}
		})
	})
	b.Run("sleep", func(b *testing.B) { measure(b, func() { time.Sleep(d) }) })
}

// BenchmarkWait: what a turn of a busy loop costs, and of one that prepares to sleep.
func BenchmarkWait(b *testing.B) {
	b.Run("busy", func(b *testing.B) {
		p := newPoller(b)
		for b.Loop() {
			p.Wait(0)
		}
	})
	b.Run("prepare", func(b *testing.B) {
		p := newPoller(b)
		for b.Loop() {
			p.Prepare()
		}
	})
}

// TestAwaitAllocatesNothing: a Read and a Write that wait, in the steady state.
func TestAwaitAllocatesNothing(t *testing.T) {
	if raceEnabled() {
		t.Skip("the race detector allocates")
	}
	r := testing.Benchmark(BenchmarkAwait)
	if r.AllocsPerOp() != 0 {
		t.Errorf("%d allocations an exchange: %s", r.AllocsPerOp(), r.MemString())
	}
}

// raceEnabled reports whether the test was built with -race.
func raceEnabled() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "-race" && s.Value == "true" })
}
