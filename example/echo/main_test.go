package main

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
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

// A server that is interrupted closes the connection that is open, and exits with status 0.
func TestInterrupt(t *testing.T) {
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

	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(answer); n != 0 || err != io.EOF {
		t.Errorf("after the interrupt, read %d bytes, %v, want io.EOF", n, err)
	}
	rest, err := io.ReadAll(log)
	if want := "echo: stopped, connections served: 1\n"; string(rest) != want || err != nil {
		t.Errorf("after the interrupt, the server said %q, %v, want %q", rest, err, want)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}
