//go:build linux

package poll

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// The server of a benchmark is a process of its own on one core, so that its CPU time can be told from the client's; it is this test
// binary, run again with serverEnv set to the kind of server. It prints its address, answers each line with its CPU time in nanoseconds,
// and ends with its input.
const serverEnv = "POLL_BENCH_SERVER"

// benchServer is main of the server process.
func benchServer(kind string) {
	pinTo(0)
	switch kind {
	case "poll":
		ln, err := Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		fmt.Println(ln.Addr())
		go func() { panic(rt.RunAsync0(&serveCoro{ln: ln})) }()
	case "net":
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		fmt.Println(ln.Addr())
		go serveNet(ln)
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
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

// pinTo confines all threads of this process, and those they will start, to one core.
func pinTo(core int) {
	var set unix.CPUSet
	set.Set(core)
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		panic(err)
	}
	for _, thread := range threads {
		id, _ := strconv.Atoi(thread.Name())
		unix.SchedSetaffinity(id, &set)
	}
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

// compare starts both servers with one and with two Ps and has them take turns, slice requests at a time, so that whatever else runs on
// the machine disturbs both alike. measure returns what exchanges requests with one of them, and its result at the end.
func compare(b *testing.B, unit string, slice int, measure func(b *testing.B, server *benchProcess) (exchange func(n int), result func() float64)) {
	for _, procs := range []int{1, 2} {
		b.Run(fmt.Sprint("procs=", procs), func(b *testing.B) {
			var exchange [len(kinds)]func(n int)
			var result [len(kinds)]func() float64
			for i, kind := range kinds {
				exchange[i], result[i] = measure(b, startServer(b, kind, procs))
			}
			b.ResetTimer()
			for left := b.N; left > 0; left -= slice {
				for i := range kinds {
					exchange[i](min(left, slice))
				}
			}
			b.StopTimer()
			ours, other := result[0](), result[1]()
			b.ReportMetric(ours, kinds[0]+"-"+unit)
			b.ReportMetric(other, kinds[1]+"-"+unit)
			b.ReportMetric(ours/other, "ratio")
		})
	}
}

// BenchmarkEcho: 64 bytes over 50 connections; the server's CPU time for a request. Goal: a ratio of 0.8.
func BenchmarkEcho(b *testing.B) {
	compare(b, "cpu-ns", 2000, func(b *testing.B, server *benchProcess) (exchange func(n int), result func() float64) {
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
		round := func(n int) {
			var tasks []*rt.Task[struct{}]
			for _, c := range conns {
				tasks = append(tasks, rt.SpawnOn(l, rt.Awaitable[struct{}](&clientCoro{c: c, left: &n, buf: make([]byte, size)})))
			}
			for _, t := range tasks {
				if _, err := rt.RunUntil(l, t); err != nil {
					b.Fatal(err)
				}
			}
		}
		round(10 * connections)
		used, requests := int64(0), 0
		exchange = func(n int) {
			before := server.cpu()
			round(n)
			used += server.cpu() - before
			requests += n
		}
		return exchange, func() float64 { return float64(used) / float64(requests) }
	})
}

// BenchmarkLatency: the median time of a request over one connection, whose other end is a thread that blocks in plain system calls.
// Goal for one P: a ratio of 1/3.
func BenchmarkLatency(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	compare(b, "p50-ns", 100, func(b *testing.B, server *benchProcess) (exchange func(n int), result func() float64) {
		c, err := Dial("tcp", server.addr)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { c.Close() })
		if err := unix.SetNonblock(c.sysfd, false); err != nil {
			b.Fatal(err)
		}
		buf := make([]byte, 64)
		var took []time.Duration
		exchange = func(n int) {
			for range n {
				begin := time.Now()
				if _, err := unix.Write(c.sysfd, buf); err != nil {
					b.Fatal(err)
				}
				if _, err := unix.Read(c.sysfd, buf); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begin))
			}
		}
		return exchange, func() float64 {
			slices.Sort(took)
			return float64(took[len(took)/2])
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

// BenchmarkPost: from another goroutine to a loop that waits, beside a channel to a goroutine that waits.
func BenchmarkPost(b *testing.B) {
	b.Run("loop", func(b *testing.B) {
		l, err := rt.NewLoop(rt.LoopOptions{})
		if err != nil {
			b.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			l.Run()
			close(done)
		}()
		reply := make(chan struct{})
		f := func() { reply <- struct{}{} }
		for b.Loop() {
			l.Post(f)
			<-reply
		}
		l.Post(l.Stop)
		<-done
		l.Close()
	})
	b.Run("channel", func(b *testing.B) {
		request, reply := make(chan func()), make(chan struct{})
		go func() {
			for f := range request {
				f()
			}
		}()
		f := func() { reply <- struct{}{} }
		for b.Loop() {
			request <- f
			<-reply
		}
		close(request)
	})
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
