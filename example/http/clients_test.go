package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// ask sends a request for a page on a connection that stays, and returns the body of the answer.
func ask(t *testing.T, c net.Conn, page string) string {
	t.Helper()
	if _, err := io.WriteString(c, "GET "+page+" HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	return answerOn(t, c)
}

// answerOn reads an answer.
func answerOn(t *testing.T, c net.Conn) string {
	t.Helper()
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if r.StatusCode != http.StatusOK || err != nil {
		t.Errorf("status %d, %q, %v", r.StatusCode, body, err)
	}
	return string(body)
}

// While there are as many connections as are allowed, the next one waits, and is served when there is room.
func TestMaxConns(t *testing.T) {
	bothForms(t, func(s *Server) { s.Conns.MaxConns = 2 }, func(s *testServer) {
		first, second, waits := s.dial(), s.dial(), s.dial()
		if _, err := io.WriteString(waits, "GET /show HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
			s.t.Fatal(err)
		}
		for range 3 { // in which the third one would be accepted
			ask(s.t, first, "/show")
			ask(s.t, second, "/show")
		}
		if n := s.idleConns(); n != 2 {
			s.t.Errorf("%d connections wait for requests, want 2", n)
		}
		first.Close()
		answerOn(s.t, waits)
		ask(s.t, second, "/show")
		if n := s.idleConns(); n != 2 {
			s.t.Errorf("%d connections wait for requests afterwards, want 2", n)
		}
	})
}

// idleConns returns how many connections wait for a request, once all that have been answered do.
func (s *testServer) idleConns() (n int) {
	s.settle()
	counted := make(chan struct{})
	s.loop.Post(func() {
		for k := s.idle.first; k != nil; k = k.next {
			n++
		}
		close(counted)
	})
	<-counted
	return n
}

// The program has a flag for that. Its tasks tell how many connections it serves.
func TestClientsFlag(t *testing.T) {
	p := startProgram(t, "-clients", "1")
	first, waits := p.dial(), p.dial()
	if _, err := io.WriteString(waits, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if tasks := ask(t, first, "/tasks"); strings.Count(tasks, "serverServeConn") != 1 {
			t.Errorf("the server serves another number of connections than 1:\n%s", tasks)
		}
	}
	first.Close()
	if body := answerOn(t, waits); body != "Hello!\n" {
		t.Errorf("who waited was answered %q", body)
	}
	p.interrupt()
	p.wait("^$")
}
