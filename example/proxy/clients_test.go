package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// While there are as many clients as are allowed, the next one waits, and is served when there is room.
func TestClients(t *testing.T) {
	limits := defaults
	limits.clients = 2
	bothWithin(t, limits, "3 sessions, at most 2 at a time: 0 without a target, 0 idle, 0 cut off, 0 broken; 7 bytes up, 7 down",
		clients, clientsAsync)
}

//async:func
func clients(w *world) error {
	first, firstTarget, err := rt.Await2(w.connect())
	if err != nil {
		return err
	}
	defer first.Close()
	defer firstTarget.Close()
	second, secondTarget, err := rt.Await2(w.connect())
	if err != nil {
		return err
	}
	defer second.Close()
	defer secondTarget.Close()
	waits, err := rt.Await(poll.Dial("tcp", w.ln.Addr().String()))
	if err != nil {
		return err
	}
	defer waits.Close()
	if _, err := rt.Await(waits.Write([]byte("hello"))); err != nil {
		return err
	}
	for range 6 { // in which the third one would be accepted
		if err := rt.Await0(move(firstTarget, first, []byte("x"))); err != nil {
			return err
		}
	}
	if w.proxy.stats.sessions != 2 {
		w.Errorf("%d sessions have begun, want 2", w.proxy.stats.sessions)
	}
	if err := rt.Await0(finish(first, firstTarget)); err != nil {
		return err
	}
	if err := rt.Await0(finish(firstTarget, first)); err != nil {
		return err
	}
	target, err := rt.Await(w.target.AcceptConn())
	if err != nil {
		return err
	}
	defer target.Close()
	if err := rt.Await0(receive(target, []byte("hello"))); err != nil {
		return err
	}
	if err := rt.Await0(move(secondTarget, second, []byte("y"))); err != nil {
		return err
	}
	for _, ends := range [][2]*poll.Conn{{second, secondTarget}, {secondTarget, second}, {waits, target}, {target, waits}} {
		if err := rt.Await0(finish(ends[0], ends[1])); err != nil {
			return err
		}
	}
	return rt.Await0(until(func() bool { return w.proxy.stats.open == 0 }))
}

// With this variable set, the test binary is the program.
const runMain = "PROXY_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// The program has a flag for that. What it has done it says when it is interrupted.
func TestClientsFlag(t *testing.T) {
	const patience = 20 * time.Second
	target, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	cmd := exec.Command(os.Args[0], "-addr", "127.0.0.1:0", "-clients", "1", target.Addr().String())
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
	match := regexp.MustCompile(`^proxy: listening on (\S+), interrupt to stop\n$`).FindStringSubmatch(line)
	if match == nil {
		t.Fatalf("the proxy said %q, %v", line, err)
	}
	var ends [2]net.Conn // of clients
	for i := range ends {
		if ends[i], err = net.Dial("tcp", match[1]); err != nil {
			t.Fatal(err)
		}
		defer ends[i].Close()
		ends[i].SetDeadline(time.Now().Add(patience))
		fmt.Fprint(ends[i], i)
	}
	for i, client := range ends {
		session, err := target.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer session.Close()
		session.SetDeadline(time.Now().Add(patience))
		buf := make([]byte, 1)
		for range 4 { // in which the other one would be accepted
			if _, err := io.ReadFull(session, buf); err != nil || string(buf) != fmt.Sprint(i) {
				t.Fatalf("session %d has passed on %q, %v", i, buf, err)
			}
			session.Write(buf)
			if _, err := io.ReadFull(client, buf); err != nil {
				t.Fatal(err)
			}
			client.Write(buf)
		}
		client.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, session)
		session.Close()
		if rest, err := io.ReadAll(client); len(rest) > 0 || err != nil {
			t.Errorf("session %d ends with %q, %v", i, rest, err)
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(log)
	const want = "proxy: 2 sessions, at most 1 at a time: 0 without a target, 0 idle, 0 cut off, 0 broken; 10 bytes up, 8 down\n"
	if string(rest) != want || err != nil {
		t.Errorf("the proxy said %q, %v, want %q", rest, err, want)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the proxy ended with %v", err)
	}
}
