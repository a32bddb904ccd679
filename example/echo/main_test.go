package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// With this variable set, the test binary is the program.
const runMain = "ECHO_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestDemo(t *testing.T) {
	var out strings.Builder
	if err := runDemo(&out, 20, 5); err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`^20 clients send 5 messages of 64 bytes each .*:
 +[1-9]\d* messages a second
 +[1-9]\d* bytes of memory a connection, .*
 +[1-9]\d* as the number of goroutines, .*
$`)
	if !want.MatchString(out.String()) {
		t.Errorf("the demonstration printed\n%s\nwhich does not match\n%s", &out, want)
	}
}

// The plain form, a goroutine for each client and each connection, serves and ends as the generated one does.
func TestDemoPlain(t *testing.T) {
	d, err := newDemo(20, 5)
	if err != nil {
		t.Fatal(err)
	}
	if err := rt.Run0(d.run); err != nil {
		t.Fatal(err)
	}
	if d.server.served != 20 {
		t.Errorf("%d connections were served, want 20", d.server.served)
	}
}

// A client that is silent for too long is closed, and others are not.
func TestSilent(t *testing.T) {
	for form, serve := range map[string]func(s *server, ln *poll.Listener) error{
		"plain": (*server).serve,
		"generated": func(s *server, ln *poll.Listener) error {
			_, err := rt.SpawnOn(rt.RunningLoop(), s.serveAsync(ln)).Wait()
			return err
		},
	} {
		t.Run(form, func(t *testing.T) {
			clock := new(rttest.Clock)
			ln, err := poll.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			err = rt.RunWith0(rt.RunOptions{Loop: rt.LoopOptions{Clock: clock}}, func() error {
				defer ln.Close()
				rt.Spawn0(func() error { return serve(&server{clients: 2}, ln) })
				return silence(clock, ln.Addr().String())
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// silence has two clients of which one talks while time passes.
func silence(clock *rttest.Clock, addr string) error {
	var clients [2]*poll.Conn
	for i := range clients {
		c, err := poll.Dial("tcp", addr)
		if err != nil {
			return err
		}
		defer c.Close()
		clients[i] = c
	}
	message, answer := []byte("hello"), make([]byte, 5)
	silent := rt.Spawn(func() (int, error) { return clients[0].Read(make([]byte, 1)) })
	for passed := time.Duration(0); passed < 2*patience; passed += patience / 2 {
		if err := ping(clients[1], message, answer); err != nil {
			return err
		}
		clock.Advance(patience / 2)
	}
	if n, err := silent.Wait(); n != 0 || err != io.EOF {
		return fmt.Errorf("the silent client: read %d bytes, %v, want io.EOF", n, err)
	}
	return ping(clients[1], message, answer)
}

// A server that is interrupted, or told to terminate, closes the connection that is open, and exits with status 0.
func TestInterrupt(t *testing.T) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(s.String(), func(t *testing.T) { interrupt(t, s) })
	}
}

func interrupt(t *testing.T, s os.Signal) {
	cmd := exec.Command(os.Args[0], "-addr", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), runMain+"=1")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	log := bufio.NewReader(stderr)
	line, err := log.ReadString('\n')
	match := regexp.MustCompile(`^echo: listening on (\S+), interrupt to stop\n$`).FindStringSubmatch(line)
	if match == nil {
		t.Fatalf("the server said %q, %v", line, err)
	}

	c, err := net.Dial("tcp", match[1])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "hello"); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 5)
	if _, err := io.ReadFull(c, answer); err != nil || string(answer) != "hello" {
		t.Fatalf("the server answered %q, %v", answer, err)
	}

	if err := cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(answer); n != 0 || err != io.EOF {
		t.Errorf("after the signal, read %d bytes, %v, want io.EOF", n, err)
	}
	rest, err := io.ReadAll(log)
	if want := "echo: stopped, connections served: 1\n"; string(rest) != want || err != nil {
		t.Errorf("after the signal, the server said %q, %v, want %q", rest, err, want)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}
