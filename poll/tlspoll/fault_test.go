//go:build linux

package tlspoll

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// TestF02_OutOfDescriptors: without a descriptor left Listen, Dial and AcceptConn fail with EMFILE, and they work afterwards.
func TestF02_OutOfDescriptors(t *testing.T) {
	server, client := configs()
	ln := NewListener(listenLocal(t), server)
	waiting, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer waiting.Close()
	served := NewListener(listenLocal(t), server)
	var group sync.WaitGroup
	defer group.Wait()
	defer served.Close()
	group.Go(func() {
		for {
			c, err := served.AcceptConn()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil { // there are no descriptors for it, either
				continue
			}
			c.Handshake() // whose error is the client's to see
			c.Close()
		}
	})
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	none := limit
	none.Cur = 0
	for _, c := range []struct {
		name string
		call func() (io.Closer, error)
	}{
		{"Listen", func() (io.Closer, error) { ln, err := Listen("tcp", "127.0.0.1:0", server); return ln, err }},
		{"AcceptConn", func() (io.Closer, error) { c, err := ln.AcceptConn(); return c, err }},
		{"Dial", func() (io.Closer, error) { c, err := Dial("tcp", served.Addr().String(), client); return c, err }},
	} {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &none); err != nil {
			t.Fatal(err)
		}
		_, err := c.call()
		unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
		if !errors.Is(err, unix.EMFILE) {
			t.Errorf("%s without a descriptor left: %v, want EMFILE", c.name, err)
		}
		made, err := c.call()
		if err != nil {
			t.Errorf("%s afterwards: %v", c.name, err)
			continue
		}
		made.Close()
	}
}

// halves is a connection that sends the first half of what is written, and the second when it is told.
type halves struct {
	net.Conn
	second chan struct{} // nil: at once
}

func (h *halves) Write(p []byte) (n int, err error) {
	if h.second == nil {
		return h.Conn.Write(p)
	}
	first, err := h.Conn.Write(p[:len(p)/2])
	if err != nil {
		return first, err
	}
	<-h.second
	n, err = h.Conn.Write(p[len(p)/2:])
	return first + n, err
}

// TestF04_HalfARecord: who is woken by the first half of a record waits again, for the second, and is woken no more often than that.
func TestF04_HalfARecord(t *testing.T) {
	server, client := configs()
	raw, tcp := rawPair(t)
	slow := &halves{Conn: tcp}
	c, peer := Server(raw, server), tls.Client(slow, client)
	run(t, func() error {
		shaken := make(chan error, 1)
		go func() { shaken <- peer.Handshake() }()
		if err := rt.Await0(c.Handshake()); err != nil {
			return err
		}
		if err := <-shaken; err != nil {
			return err
		}
		slow.second = make(chan struct{})
		buf := make([]byte, 100)
		reader := rt.Spawn(func() (int, error) { return rt.Await(c.Read(buf)) })
		rt.Await0(rt.YieldNow())
		loop, resumes := rt.RunningLoop(), 0
		loop.SetTrace(func(e rt.TraceEvent) {
			if e.Kind == rt.TraceResume && e.Fiber == reader.Fiber() {
				resumes++
			}
		})
		defer loop.SetTrace(nil)
		written := make(chan error, 1)
		go func() {
			_, err := peer.Write([]byte("one record"))
			written <- err
		}()
		for resumes == 0 {
			rt.Await0(rt.YieldNow())
		}
		for range 100 {
			rt.Await0(rt.YieldNow())
		}
		if reader.Done() || resumes != 1 {
			t.Errorf("after half a record the reader has ended: %v, and was resumed %d times, want once", reader.Done(), resumes)
		}
		close(slow.second)
		n, err := rt.Await(reader.Wait())
		if string(buf[:n]) != "one record" || resumes != 2 {
			t.Errorf("read %q, and the reader was resumed %d times, want twice", buf[:n], resumes)
		}
		return errors.Join(err, <-written)
	})
}

// TestF09_BrokenPipe: writing to a peer that has gone is an error.
func TestF09_BrokenPipe(t *testing.T) {
	ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
		run(t, func() error {
			if err := rt.Await0(c.Handshake()); err != nil {
				return err
			}
			peer.NetConn().Close()
			for {
				_, err := rt.Await(c.Write([]byte("x")))
				if err == nil {
					continue
				}
				if !errors.Is(err, unix.EPIPE) && !errors.Is(err, unix.ECONNRESET) {
					t.Errorf("Write: %v, want EPIPE or ECONNRESET", err)
				}
				return nil
			}
		})
	})
}
