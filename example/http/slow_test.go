package main

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
)

// answerTo sends text and returns what the server answers until it closes the connection, which the client has not ended. Time passes
// meanwhile.
func (s *testServer) answerTo(text string, step time.Duration) string {
	s.t.Helper()
	c := s.dial()
	io.WriteString(c, text)
	done := make(chan struct{})
	var answer []byte
	go func() {
		defer close(done)
		answer, _ = io.ReadAll(c)
		c.Close()
	}()
	s.passTime(step, done)
	return string(answer)
}

// Clients that are slow are told so, or closed, each after its own time.
func TestSlowClients(t *testing.T) {
	for _, test := range []struct {
		name, send string
		configure  func(*Server) // of whose times one is short
		want       []string
	}{
		{"idle", "", func(s *Server) { s.IdleTimeout = time.Second }, []string{"closed"}},
		{"idle after a request", get + "\r\n", func(s *Server) { s.IdleTimeout = time.Second }, []string{"200 GET /show h 1 0 \"\"\n"}},
		{"head", get, func(s *Server) { s.HeadTimeout = time.Second }, []string{"408"}},
		{"second head", get + "\r\n" + get, func(s *Server) { s.HeadTimeout = time.Second }, []string{"200 GET /show h 1 0 \"\"\n", "408"}},
		{"body", get + "Content-Length: 3\r\n\r\nab", func(s *Server) { s.BodyTimeout = time.Second }, []string{"408"}},
		{"chunk", chunks("3\r\nab"), func(s *Server) { s.BodyTimeout = time.Second }, []string{"408"}},
		{"size of a chunk", chunks("3"), func(s *Server) { s.BodyTimeout = time.Second }, []string{"408"}},
		{"body that nobody reads", "POST /ignore HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab",
			func(s *Server) { s.BodyTimeout = time.Second }, []string{"408"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			bothForms(t, func(s *Server) {
				s.IdleTimeout, s.HeadTimeout, s.BodyTimeout = 0, 0, 0
				test.configure(s)
			}, func(s *testServer) {
				if answer := s.answerTo(test.send, time.Second); !matches(answer, test.want) {
					s.t.Errorf("the server answered\n%s\nwant %q", answer, test.want)
				}
			})
		})
	}
}

// A client that does not read is given up, by the server or by the handler. It sees that the response is incomplete.
func TestSlowReader(t *testing.T) {
	for _, path := range []string{"/endless", "/give-up"} {
		bothForms(t, func(s *Server) { s.IdleTimeout = 0 }, func(s *testServer) {
			c := s.dial()
			io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: h\r\n\r\n")
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				for s.spares() == 0 { // the exchange has not ended
				}
			}()
			s.passTime(time.Second, gone)
			answer, _ := io.ReadAll(c)
			if len(answer) == 0 || strings.HasSuffix(string(answer), "\r\n0\r\n\r\n") {
				s.t.Errorf("%s: %d bytes, which end with %.20q", path, len(answer), answer[max(0, len(answer)-20):])
			}
			c.Close()
			s.stop()
			if len(s.reports) > 0 {
				s.t.Errorf("%s: reported were %q", path, s.reports)
			}
		})
	}
}

// spares returns how many exchanges nobody needs.
func (s *testServer) spares() int {
	n := make(chan int)
	s.loop.Post(func() { n <- len(s.spare) })
	return <-n
}

// An idle connection is not closed while its time is not over, however long others have been idle.
func TestIdleOrder(t *testing.T) {
	bothForms(t, func(s *Server) { s.IdleTimeout = 10 * time.Second }, func(s *testServer) {
		first, second := s.dial(), s.dial()
		ask := func(c io.ReadWriter) error {
			io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
			readHead(s.t, c)
			_, err := io.ReadFull(c, make([]byte, len("Hello!\n")))
			return err
		}
		ask(first)
		ask(second)
		for range 10 {
			s.pass(6 * time.Second)
			if err := ask(second); err != nil {
				s.t.Fatalf("the second connection: %v", err)
			}
		}
		if n, err := first.Read(make([]byte, 1)); err != io.EOF {
			s.t.Errorf("the first connection: %d bytes, %v, want io.EOF", n, err)
		}
	})
}

// A server that is shut down closes what is idle, and answers what is under way first.
func TestShutdown(t *testing.T) {
	bothForms(t, nil, func(s *testServer) {
		idle, busy := s.dial(), s.dial()
		io.WriteString(idle, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		readHead(t, idle)
		io.WriteString(busy, "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
		readHead(t, busy)
		s.loop.Post(s.Shutdown)
		if rest, err := io.ReadAll(idle); err != nil || string(rest) != "Hello!\n" {
			s.t.Errorf("the idle connection: %q, %v", rest, err)
		}
		io.WriteString(busy, "ab")
		response, _ := io.ReadAll(busy)
		if !matches(string(response), []string{"200 ab"}) || !strings.Contains(string(response), "Connection: close\r\n") {
			s.t.Errorf("the busy connection: %q", response)
		}
		busy.Close()
		s.wait()
		if c, err := http.Get("http://" + s.addr); err == nil {
			c.Body.Close()
			s.t.Error("a server that has ended answers")
		}
	})
}

// A handler that does not end by itself is cancelled when its grace is over. Its client sees that the response is incomplete.
func TestGrace(t *testing.T) {
	bothForms(t, nil, func(s *testServer) {
		c := s.dial()
		io.WriteString(c, "GET /hang HTTP/1.1\r\nHost: h\r\n\r\n")
		readHead(s.t, c)
		s.loop.Post(s.Shutdown)
		s.passTime(s.Conns.Grace, s.ended)
		if survivors, ok := errors.AsType[*poll.SurvivorsError](s.err); !ok || len(survivors.Tasks) != 1 {
			s.t.Errorf("Serve returned %v, want a *poll.SurvivorsError about one", s.err)
		}
		s.err = nil
		if rest, err := io.ReadAll(c); len(rest) > 0 || err != nil {
			s.t.Errorf("the client received %q, %v behind the head", rest, err)
		}
	})
}

// readHead reads up to the end of a head.
func readHead(t *testing.T, r io.Reader) string {
	t.Helper()
	var head []byte
	for b := make([]byte, 1); len(head) < 4 || string(head[len(head)-4:]) != headEnd; head = append(head, b[0]) {
		if _, err := io.ReadFull(r, b); err != nil {
			t.Fatalf("after %q: %v", head, err)
		}
	}
	return string(head)
}
