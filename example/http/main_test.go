package main

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// With this variable set, the test binary is the program, or a server of a benchmark.
const runMain = "HTTP_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	switch kind := os.Getenv(runMain); kind {
	case "":
		os.Exit(m.Run())
	case "main":
		main()
	default:
		benchServer(kind)
	}
}

// patience is how long a test waits for what must happen before it reports that it did not.
const patience = 20 * time.Second

// A testServer serves on a loop of its own, whose clock stands still. Tests are its clients, from ordinary goroutines.
type testServer struct {
	*Server
	t       *testing.T
	addr    string
	clock   rttest.Clock
	loop    *rt.Loop
	ended   chan struct{}
	err     error   // of Serve, once it has ended
	reports []error // likewise
}

// bothForms runs test with a server in each form of the code, and checks that the server ends when it is shut down. Configure may be nil.
func bothForms(t *testing.T, configure func(*Server), test func(s *testServer)) {
	for _, form := range []string{"plain", "generated"} {
		t.Run(form, func(t *testing.T) {
			s := startServer(t, form, configure)
			defer s.stop()
			test(s)
		})
	}
}

// startServer starts a server of the demonstration's handlers, and some for tests.
func startServer(t *testing.T, form string, configure func(*Server)) *testServer {
	t.Helper()
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &testServer{Server: NewServer(), t: t, addr: ln.Addr().String(), ended: make(chan struct{})}
	s.Conns.OnError = func(_ *poll.Conn, err error) { s.reports = append(s.reports, err) }
	if configure != nil {
		configure(s.Server)
	}
	if s.loop, err = rt.NewLoop(rt.LoopOptions{Clock: &s.clock}); err != nil {
		t.Fatal(err)
	}
	s.loop.CallSoon(func() {
		rt.Spawn0(func() error {
			defer s.loop.Stop()
			if form == "plain" {
				s.err = s.Serve(ln, handleTest)
			} else {
				_, s.err = rt.SpawnOn(s.loop, s.ServeAsync(ln, handleTestAsync)).Wait()
			}
			return nil
		})
	})
	go func() {
		defer close(s.ended)
		if err := s.loop.Run(); err != nil {
			t.Error(err)
		}
		s.loop.Close()
	}()
	return s
}

// stop shuts the server down and waits for its end.
func (s *testServer) stop() {
	s.t.Helper()
	s.loop.Post(s.Shutdown)
	s.wait()
}

// wait waits for the end of the server.
func (s *testServer) wait() {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		stacks := make([]byte, 1<<20)
		s.t.Fatalf("the server does not end\n%s", stacks[:runtime.Stack(stacks, true)])
	}
	if s.err != nil {
		s.t.Errorf("the server ended with %v", s.err)
	}
}

// dial connects to the server.
func (s *testServer) dial() *net.TCPConn {
	s.t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	s.t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn)
}

// talk sends text on a connection of its own, and returns all that the server answers until that closes it.
func (s *testServer) talk(text string) string {
	s.t.Helper()
	c := s.dial()
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		s.t.Fatal(err)
	}
	c.CloseWrite()
	answer, err := io.ReadAll(c)
	if err != nil {
		s.t.Errorf("after %q: %v", answer, err)
	}
	return string(answer)
}

// settle waits until the server has read what clients have sent, most likely: what tests find must not depend on it.
func (s *testServer) settle() {
	for range 2 {
		turn := make(chan struct{})
		s.loop.Post(func() { close(turn) })
		<-turn
	}
}

// passTime has time pass by the server's clock, d at a time, until done is closed.
func (s *testServer) passTime(d time.Duration, done <-chan struct{}) {
	s.t.Helper()
	for begin := time.Now(); ; runtime.Gosched() {
		select {
		case <-done:
			return
		default:
		}
		if time.Since(begin) > patience {
			s.t.Fatal("the server does not look at its clock")
		}
		s.pass(d)
	}
}

// pass has d pass by the server's clock.
func (s *testServer) pass(d time.Duration) {
	passed := make(chan struct{})
	s.loop.Post(func() {
		s.clock.Advance(d)
		close(passed)
	})
	select {
	case <-passed:
	case <-s.ended: // it may not run what was posted then
	}
}

// A program is the server as a process of its own.
type program struct {
	*testing.T
	cmd  *exec.Cmd
	addr string
	log  *bufio.Reader
}

// startProgram starts the server with flags beside its address, until the test ends.
func startProgram(t *testing.T, flags ...string) *program {
	t.Helper()
	p := &program{T: t, cmd: exec.Command(os.Args[0], append([]string{"-addr", "127.0.0.1:0"}, flags...)...)}
	p.cmd.Env = append(os.Environ(), runMain+"=main")
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
	p.log = bufio.NewReader(stderr)
	line, err := p.log.ReadString('\n')
	match := regexp.MustCompile(`^http: listening on http://(\S+), interrupt to stop\n$`).FindStringSubmatch(line)
	if match == nil {
		t.Fatalf("the server said %q, %v", line, err)
	}
	p.addr = match[1]
	return p
}

// dial connects to the server.
func (p *program) dial() net.Conn {
	p.Helper()
	c, err := net.Dial("tcp", p.addr)
	if err != nil {
		p.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	p.Cleanup(func() { c.Close() })
	return c
}

// interrupt tells the server to end.
func (p *program) interrupt() {
	p.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.Fatal(err)
	}
}

// wait waits for the end of the server. What it has to say matches want.
func (p *program) wait(want string) {
	p.Helper()
	if rest, err := io.ReadAll(p.log); !regexp.MustCompile(want).Match(rest) || err != nil {
		p.Errorf("the server said %q, %v, want %s", rest, err, want)
	}
	if err := p.cmd.Wait(); err != nil {
		p.Errorf("the server ended with %v", err)
	}
}

// A server that is interrupted answers the request that is under way, and exits with status 0.
func TestInterrupt(t *testing.T) {
	p := startProgram(t)
	c := p.dial()
	io.WriteString(c, "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	answer := bufio.NewReader(c)
	if line, err := answer.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("the server answered %q, %v", line, err)
	}
	p.interrupt()
	io.WriteString(c, "ab")
	rest, err := io.ReadAll(answer)
	if want := regexp.MustCompile(`(?s)^\r\nHTTP/1.1 200 OK\r\n.*\r\n\r\nab$`); !want.Match(rest) || err != nil {
		t.Errorf("the server answered %q, %v", rest, err)
	}
	p.wait("^$")
}

// A server that is interrupted says which requests it had to cut off, and exits with status 0.
func TestInterruptSurvivors(t *testing.T) {
	p := startProgram(t, "-grace", "1ms")
	c := p.dial()
	io.WriteString(c, "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	readHead(t, c)
	p.interrupt()
	p.wait("^http: poll: handlers cancelled that had not ended 1ms after their server: 1; .*\n$")
}
