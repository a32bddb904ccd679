package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// client returns a client of package net/http that keeps its connections, and closes them at the end of the test.
func (s *testServer) client() *http.Client {
	tr := &http.Transport{ExpectContinueTimeout: patience}
	s.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: patience}
}

// do makes a request and returns the response with its body, which has been read.
func (s *testServer) do(c *http.Client, r *http.Request) (*http.Response, string) {
	s.t.Helper()
	response, err := c.Do(r)
	if err != nil {
		s.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		return new(http.Response), ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Errorf("%s %s: body: %v", r.Method, r.URL, err)
	}
	return response, string(body)
}

// request makes a request to the server.
func (s *testServer) request(method, path string, body io.Reader) *http.Request {
	r, err := http.NewRequest(method, "http://"+s.addr+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// of hides what a reader is, so that a client does not know how much it has.
type of struct{ io.Reader }

// The client of package net/http has its requests answered over one connection, whatever their bodies are like.
func TestClient(t *testing.T) {
	large := strings.Repeat("all work and no play ", 100_000)
	trailing := func(s *testServer) *http.Request {
		r := s.request("PUT", "/show", of{strings.NewReader("x")})
		r.Trailer = http.Header{"Sum": {"5"}}
		return r
	}
	expecting := func(s *testServer) *http.Request {
		r := s.request("POST", "/echo", strings.NewReader(large))
		r.Header.Set("Expect", "100-continue")
		return r
	}
	tests := []struct {
		name    string
		request func(s *testServer) *http.Request
		status  int
		length  int64 // -1: it comes in chunks
		body    string
	}{
		{"hello", func(s *testServer) *http.Request { return s.request("GET", "/", nil) }, 200, 7, "Hello!\n"},
		{"HEAD", func(s *testServer) *http.Request { return s.request("HEAD", "/", nil) }, 200, 7, ""},
		{"HEAD of much", func(s *testServer) *http.Request { return s.request("HEAD", "/big", nil) }, 200, -1, ""},
		{"echo", func(s *testServer) *http.Request { return s.request("POST", "/echo", strings.NewReader("abc")) }, 200, 3, "abc"},
		{"echo of nothing", func(s *testServer) *http.Request { return s.request("POST", "/echo", nil) }, 200, 0, ""},
		{"echo of much", func(s *testServer) *http.Request { return s.request("POST", "/echo", strings.NewReader(large)) }, 200, int64(len(large)), large},
		{"echo of chunks", func(s *testServer) *http.Request { return s.request("POST", "/echo", of{strings.NewReader(large)}) }, 200, -1, large},
		{"100 Continue", expecting, 200, int64(len(large)), large},
		{"trailer", trailing, 200, -2, ""},
		{"not found", func(s *testServer) *http.Request { return s.request("GET", "/x", nil) }, 404, -2, ""},
		{"no content", func(s *testServer) *http.Request { return s.request("GET", "/none", nil) }, 204, 0, ""},
		{"ignored body", func(s *testServer) *http.Request { return s.request("POST", "/ignore", of{strings.NewReader("abc")}) }, 200, 0, ""},
	}
	bothForms(t, nil, func(s *testServer) {
		c := s.client()
		for i, test := range tests {
			r := test.request(s)
			var again bool
			r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
				GotConn: func(info httptrace.GotConnInfo) { again = info.Reused },
			}))
			response, body := s.do(c, r)
			if response.StatusCode != test.status || test.length > -2 && (response.ContentLength != test.length || body != test.body) {
				s.t.Errorf("%s: %s, length %d, body %.80q", test.name, response.Status, response.ContentLength, body)
			}
			if again != (i > 0) {
				s.t.Errorf("%s: on a connection that was used before: %v", test.name, again)
			}
			if test.name == "trailer" && !strings.Contains(body, "Sum=5") {
				s.t.Errorf("%s: the server saw %s", test.name, body)
			}
		}
	})
}

// Many clients are served at a time, each with what is its own.
func TestConcurrent(t *testing.T) {
	const clients, requests = 20, 10
	bothForms(t, nil, func(s *testServer) {
		var wg sync.WaitGroup
		for i := range clients {
			wg.Go(func() {
				c := s.client()
				for j := range requests {
					want := strings.Repeat(fmt.Sprintf("%d.%d ", i, j), 1<<j)
					var body io.Reader = strings.NewReader(want)
					if j%2 == 0 {
						body = of{body}
					}
					if _, got := s.do(c, s.request("POST", "/echo", body)); got != want {
						s.t.Errorf("client %d, request %d: got %.40q, want %.40q", i, j, got, want)
					}
				}
			})
		}
		wg.Wait()
	})
}

// What is written in many pieces arrives whole.
func TestBig(t *testing.T) {
	bothForms(t, nil, func(s *testServer) {
		response, body := s.do(s.client(), s.request("GET", "/big", nil))
		if len(body) != bigSize || response.ContentLength != -1 {
			s.t.Errorf("%d bytes, length %d", len(body), response.ContentLength)
		}
	})
}

// A body that is too long for the server, and not read, does not keep the client from the answer.
func TestTooLongBody(t *testing.T) {
	bothForms(t, small, func(s *testServer) {
		body := make([]byte, 4<<20)
		for _, r := range []*http.Request{
			s.request("POST", "/echo", of{bytes.NewReader(body)}),
			s.request("POST", "/ignore", of{bytes.NewReader(body)}),
		} {
			r.Header.Set("Expect", "100-continue")
			response, err := s.client().Do(r)
			if err != nil {
				s.t.Errorf("%s: %v", r.URL.Path, err)
				continue
			}
			response.Body.Close()
			if want := map[string]int{"/echo": 413, "/ignore": 200}[r.URL.Path]; response.StatusCode != want {
				s.t.Errorf("%s: %s, want %d", r.URL.Path, response.Status, want)
			}
		}
	})
}

// Curl, which has been written by others, understands the server too.
func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("curl is not installed")
	}
	bothForms(t, nil, func(s *testServer) {
		url := "http://" + s.addr
		for _, test := range []struct {
			args []string
			want string
		}{
			{[]string{url + "/", url + "/"}, "Hello!\nHello!\n"},
			{[]string{"--http1.0", url + "/"}, "Hello!\n"},
			{[]string{"--data", "abc", url + "/echo"}, "abc"},
			{[]string{"--header", "Transfer-Encoding: chunked", "--data", "abc", url + "/echo"}, "abc"},
			{[]string{"--header", "Expect: 100-continue", "--data", "abc", url + "/echo"}, "abc"},
			{[]string{"--write-out", "%{http_code}", "--output", "/dev/null", url + "/x"}, "404"},
		} {
			out, err := exec.Command(curl, append([]string{"--silent", "--show-error"}, test.args...)...).CombinedOutput()
			if string(out) != test.want || err != nil {
				s.t.Errorf("curl %q: %q, %v, want %q", test.args, out, err, test.want)
			}
		}
	})
}
