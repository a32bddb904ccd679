//go:build linux

package tlspoll

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// TestMain checks that the tests leave no descriptor and no goroutine behind.
func TestMain(m *testing.M) {
	if kind := os.Getenv(serverEnv); kind != "" {
		benchServer(kind)
		return
	}
	r, w, err := os.Pipe() // opens Go's netpoller, which stays
	if err != nil {
		panic(err)
	}
	r.Close()
	w.Close()
	fds, goroutines := openDescriptors(), runtime.NumGoroutine()
	code := m.Run()
	if code == 0 {
		code = leaks(fds, goroutines)
	}
	os.Exit(code)
}

// leaks reports what is left. Goroutines that are about to end get the chance to.
func leaks(fds []string, goroutines int) (code int) {
	for range 1000 {
		if len(openDescriptors()) <= len(fds) && runtime.NumGoroutine() <= goroutines {
			return 0
		}
		runtime.Gosched()
		runtime.GC()
	}
	if now := openDescriptors(); len(now) > len(fds) {
		fmt.Printf("descriptors left open:\nbefore %q\nafter  %q\n", fds, now)
		code = 1
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		stacks := make([]byte, 1<<20)
		fmt.Printf("goroutines left: %d, before %d\n%s\n", n, goroutines, stacks[:runtime.Stack(stacks, true)])
		code = 1
	}
	return code
}

// openDescriptors lists what the process has open.
func openDescriptors() []string {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		panic(err)
	}
	var list []string
	for _, e := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && !strings.HasPrefix(to, "/proc/") {
			list = append(list, e.Name()+":"+to)
		}
	}
	return list
}

// patience is how long a test waits for what must happen before it reports that it did not.
const patience = 60 * time.Second

// within runs f on a goroutine and fails the test if it does not return.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		stacks := make([]byte, 1<<20)
		t.Fatalf("%s hangs\n%s", what, stacks[:runtime.Stack(stacks, true)])
	}
}

// run runs main as the first plain task of a loop and fails the test with its error.
func run(t *testing.T, main func() error) {
	t.Helper()
	within(t, "rt.Run", func() {
		if err := rt.Run0(main); err != nil {
			t.Error(err)
		}
	})
}

// An authority signs certificates for the tests, which are made anew for each run.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pool *x509.CertPool
}

// trusted is the authority that both sides of the tests trust.
var trusted = sync.OnceValue(newAuthority)

func newAuthority() *authority {
	key := newKey()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority of a test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	a := &authority{key: key, pool: x509.NewCertPool()}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		panic(err)
	}
	a.pool.AddCert(a.cert)
	return a
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// issue returns a certificate for name, which is good for this host, for a server or a client.
func (a *authority) issue(name string) tls.Certificate {
	key := newKey()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// configs returns what the two ends of a connection of a test need.
func configs() (server, client *tls.Config) {
	a := trusted()
	return &tls.Config{Certificates: []tls.Certificate{a.issue("server")}},
		&tls.Config{RootCAs: a.pool, ServerName: "localhost"}
}

// listenLocal listens on a free port of this host, until the test ends.
func listenLocal(t testing.TB) *poll.Listener {
	t.Helper()
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

// rawPair returns both ends of a connection without TLS: ours, and the peer's as package net has it. They are closed when the test ends.
func rawPair(t testing.TB) (*poll.Conn, *net.TCPConn) {
	t.Helper()
	ln := listenLocal(t)
	defer ln.Close()
	peer, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := ln.AcceptConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		peer.Close()
	})
	return c, peer.(*net.TCPConn)
}

// pair returns our end of a TLS connection, and the peer's, of crypto/tls, whose handshake is made on another goroutine.
func pair(t testing.TB, ours, peers *tls.Config, server bool) (*Conn, *tls.Conn) {
	t.Helper()
	raw, peer := rawPair(t)
	c, std := Client(raw, ours), tls.Server(peer, peers)
	if server {
		c, std = Server(raw, ours), tls.Client(peer, peers)
	}
	var group sync.WaitGroup
	group.Go(func() { std.Handshake() }) // its error, if any, is the test's to see
	t.Cleanup(func() {
		c.Close()
		std.Close()
		group.Wait()
	})
	return c, std
}

// serverPair is pair where ours is the server, of usual configurations.
func serverPair(t testing.TB) (*Conn, *tls.Conn) {
	server, client := configs()
	return pair(t, server, client, true)
}

// echo writes what it reads until the end of the stream, as net.Conn or in a plain task.
func echo(c net.Conn) error {
	defer c.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := c.Read(buf)
		if _, err := c.Write(buf[:n]); err != nil {
			return err
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
