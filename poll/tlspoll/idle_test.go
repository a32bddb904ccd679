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
	"testing"

	"github.com/goasync/goasync/rt"
)

// idleServerEnv makes this test binary a server, of the kind that it names, with which BenchmarkIdle measures. The server prints its
// address, answers each line with what its memory is, and ends with its input.
const idleServerEnv = "TLSPOLL_IDLE_SERVER"

// idleServer is main of the server process.
func idleServer(kind string) {
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
				go idleEcho(c)
			}
		}()
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		m := memory()
		fmt.Println(m.heap, m.stacks, m.resident)
	}
}

// serves are the echos of this package.
var serves = map[string]func(*Conn) rt.Awaitable[struct{}]{"tlspoll": echoAsync, "WaitRead": thriftyAsync}

// idleEcho is an echo with the same buffer as that of echoCoro.
func idleEcho(c net.Conn) {
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
	kinds := []string{"tlspoll", "WaitRead", "crypto/tls"}
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
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), idleServerEnv+"="+kind)
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
	defer cmd.Wait()
	defer stdin.Close()
	lines := bufio.NewScanner(stdout)
	lines.Scan()
	address := lines.Text()
	ask := func() (u usage) {
		fmt.Fprintln(stdin)
		lines.Scan()
		fmt.Sscan(lines.Text(), &u.heap, &u.stacks, &u.resident)
		return u
	}
	connectIdle(b, address, 10)() // what is there once for all
	before := ask()
	defer connectIdle(b, address, n)()
	after := ask()
	per := func(after, before float64) float64 { return (after - before) / float64(n) }
	return usage{per(after.heap, before.heap), per(after.stacks, before.stacks), per(after.resident, before.resident)}
}

// connectIdle makes n connections, an echo on each, and returns what closes them.
func connectIdle(b *testing.B, address string, n int) (closeAll func()) {
	var list []*tls.Conn
	buf := make([]byte, 64)
	for range n {
		c, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, c)
		if _, err := c.Write(buf); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(c, buf); err != nil {
			b.Fatal(err)
		}
	}
	return func() {
		for _, c := range list {
			c.Close()
		}
	}
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
