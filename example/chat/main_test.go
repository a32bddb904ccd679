package main

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/programs"
)

// With this variable set, the test binary is the program.
const runMain = "CHAT_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestDemo(t *testing.T) {
	programs.Check(t, `Ann hears "* Ben is here"
Ann hears "* Cy is here"
Ann hears "Ben: hello everybody"
Ann hears "* Ben has left"
Ann has a long story to tell, and Cy does not listen
Ann hears "* Cy had to go: too slow to listen"
Cy listens again, and the last thing is "* goodbye: too slow to listen"
`,
		func(w io.Writer) error { return rt.Run0(func() error { return runDemo(w) }) },
		func(w io.Writer) error { return rt.RunAsync0(runDemoAsync(w)) })
}

// A server that is interrupted says goodbye, and exits with status 0.
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
	match := regexp.MustCompile(`^chat: listening on (\S+), interrupt to stop\n$`).FindStringSubmatch(line)
	if match == nil {
		t.Fatalf("the server said %q, %v", line, err)
	}
	c, err := net.Dial("tcp", match[1])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	question := make([]byte, len("* what is your name?\n"))
	if _, err := io.ReadFull(c, question); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	last, err := io.ReadAll(c)
	if want := "* goodbye: the room is closed\n"; string(last) != want || err != nil {
		t.Errorf("after the interrupt, the client heard %q, %v, want %q", last, err, want)
	}
	rest, err := io.ReadAll(log)
	want := regexp.MustCompile(`^chat: poll: serving \S+: the room is closed\nchat: stopped, clients served: 1\n$`)
	if !want.Match(rest) || err != nil {
		t.Errorf("after the interrupt, the server said %q, %v", rest, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}
