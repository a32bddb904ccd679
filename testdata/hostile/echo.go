//go:build linux

package hostile

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/poll/tlspoll"
	"github.com/goasync/goasync/rt"
)

//go:generate go run github.com/goasync/goasync/cmd/goasync

// Networks are what a Server can be tried over.
var Networks = []string{"tcp", "unix", "tls"}

// A stream is a connection that the server serves, with TLS or without.
type stream interface {
	net.Conn
	ReadAsync(p []byte) rt.Awaitable[int]
	WriteAsync(p []byte) rt.Awaitable[int]
}

var _, _ stream = (*poll.Conn)(nil), (*tlspoll.Conn)(nil)

// echo writes what it reads, until the end of the stream.
//
//async:func
func echo(c stream) error {
	buf := make([]byte, 16<<10)
	for {
		n, err := rt.Await(c.Read(buf))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := rt.Await(c.Write(buf[:n])); err != nil {
			return err
		}
	}
}

// echoPlainly is the handler of connections without TLS.
//
//async:func
func (s *Server) echoPlainly(c *poll.Conn) error {
	defer s.ended.Add(1)
	return rt.Await0(echo(c))
}

// echoTLS is the handler of those with TLS.
//
//async:func
func (s *Server) echoTLS(raw *poll.Conn) error {
	defer s.ended.Add(1)
	c := tlspoll.Server(raw, Config())
	defer c.Close()
	if err := rt.Await0(echo(c)); err != nil {
		return err
	}
	return rt.Await0(c.CloseWrite())
}

// Config has a certificate that is made anew in each run. The clients here do not check it.
var Config = sync.OnceValue(func() *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
})

// A Server is an echo server, in its generated form, on a loop of its own. It must be closed.
type Server struct {
	Target
	loop   *rt.Loop
	ln     *poll.Listener
	begun  time.Time
	result chan error
	ended  atomic.Int64

	mu        sync.Mutex
	shortages int     // reports that connections could not be accepted
	ends      []error // of handlers
}

// Start starts a server; path is where it listens if it has a Unix socket.
func Start(network, path string) (*Server, error) {
	s := &Server{begun: time.Now(), result: make(chan error, 1)}
	s.Network, s.TLS = network, network == "tls"
	at := "127.0.0.1:0"
	switch network {
	case "tls":
		s.Network = "tcp"
	case "unix":
		at = path
	}
	var err error
	if s.ln, err = poll.Listen(s.Network, at); err != nil {
		return nil, err
	}
	s.Address = s.ln.Addr().String()
	if s.loop, err = rt.NewLoop(rt.LoopOptions{}); err != nil {
		s.ln.Close()
		return nil, err
	}
	go s.serve()
	return s, nil
}

// serve runs the loop until the server has ended.
func (s *Server) serve() {
	server, handler := &poll.Server{OnError: s.note}, s.echoPlainlyAsync
	if s.TLS {
		handler = s.echoTLSAsync
	}
	s.loop.CallSoon(func() {
		task := rt.SpawnOn(s.loop, server.ServeAsync(s.ln, handler))
		task.AddDoneCallback(func(*rt.Task[struct{}]) { s.loop.Stop() })
	})
	err := s.loop.Run()
	s.loop.Close()
	s.result <- err
}

// maxEnds is how many errors of handlers are kept, so that a long run of resets takes no memory.
const maxEnds = 100

// note keeps what the server reports.
func (s *Server) note(c *poll.Conn, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c == nil {
		s.shortages++
	} else if len(s.ends) < maxEnds {
		s.ends = append(s.ends, err)
	}
}

// TakeEnds returns the errors that handlers have ended with since it was called last, the first hundred of them.
func (s *Server) TakeEnds() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ends := s.ends
	s.ends = nil
	return ends
}

// Shortages returns how often the server has reported that connections could not be accepted.
func (s *Server) Shortages() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shortages
}

// Ended returns how many handlers have ended.
func (s *Server) Ended() int { return int(s.ended.Load()) }

// Handlers returns how many connections are served.
func (s *Server) Handlers() int { return s.Stats().Tasks - 2 } // beside the two tasks of poll.Server.Serve

// Stats returns the counts of the server's loop.
func (s *Server) Stats() rt.Stats {
	stats, _ := s.loop.Stats(context.Background()) // it fails when the loop has ended
	return stats
}

// Close ends the server and its handlers, and returns the error of the loop.
func (s *Server) Close() error {
	s.ln.Close()
	return <-s.result
}
