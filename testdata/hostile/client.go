//go:build linux

package hostile

import (
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A Target is a server to be tried.
type Target struct {
	Network, Address string // for net.Dial
	TLS              bool
}

// A Peer is a client's end of a connection.
type Peer interface {
	net.Conn
	CloseWrite() error
}

// DialRaw connects, without TLS. If the server's queue of connections is full, it waits for room, as the kernel does by itself for TCP.
func (to Target) DialRaw() (Peer, error) {
	for {
		c, err := net.Dial(to.Network, to.Address)
		if err == nil {
			return c.(Peer), nil
		}
		if !errors.Is(err, unix.EAGAIN) {
			return nil, err
		}
		time.Sleep(time.Millisecond)
	}
}

// Dial connects. The handshake of TLS is left to the first Read or Write.
func (to Target) Dial() (Peer, error) {
	raw, err := to.DialRaw()
	if err != nil {
		return nil, err
	}
	return to.over(raw), nil
}

// over returns what to talk through to the server that raw leads to.
func (to Target) over(raw Peer) Peer {
	if !to.TLS {
		return raw
	}
	return tls.Client(raw, &tls.Config{InsecureSkipVerify: true}) // whom it talks to is no question here
}

// Abort closes a connection so that the server sees a reset, if the network has that.
func Abort(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	c.Close()
}

// Ping wants a message back.
func Ping(c net.Conn, message string) error {
	if _, err := io.WriteString(c, message); err != nil {
		return err
	}
	got := make([]byte, len(message))
	if _, err := io.ReadFull(c, got); err != nil {
		return err
	}
	if string(got) != message {
		return fmt.Errorf("the echo of %q is %q", message, got)
	}
	return nil
}

// Visit connects, wants one echo, and leaves.
func (to Target) Visit() error {
	c, err := to.Dial()
	if err != nil {
		return err
	}
	defer Abort(c)
	return Ping(c, "visit")
}

// HalfClose sends size bytes, ends its stream while they are on their way, and wants them back, to the last.
func (to Target) HalfClose(size int) error {
	c, err := to.Dial()
	if err != nil {
		return err
	}
	defer c.Close()
	return roundTrip(c, size, c)
}

// SlowReader sends size bytes, reads them back slowly through a small buffer, and wants all of them.
func (to Target) SlowReader(size int) error {
	raw, err := to.DialRaw()
	if err != nil {
		return err
	}
	c := to.over(raw)
	defer c.Close()
	if err := raw.(interface{ SetReadBuffer(int) error }).SetReadBuffer(64 << 10); err != nil {
		return err
	}
	return roundTrip(c, size, slowly{c})
}

// A slowly reads a little at a time, and lets others run before.
type slowly struct{ r io.Reader }

func (s slowly) Read(p []byte) (int, error) {
	runtime.Gosched()
	return s.r.Read(p[:min(len(p), 4<<10)])
}

// roundTrip sends size bytes to c and wants the same from r, by their hash, and then the end.
func roundTrip(c Peer, size int, r io.Reader) error {
	piece := make([]byte, 1<<20)
	rand.NewChaCha8([32]byte{byte(size)}).Read(piece)
	sent, received := sha256.New(), sha256.New()
	var failed error
	var sender sync.WaitGroup
	sender.Go(func() {
		for left := size; left > 0 && failed == nil; {
			var n int
			n, failed = c.Write(piece[:min(left, len(piece))])
			sent.Write(piece[:n])
			left -= n
		}
		failed = errors.Join(failed, c.CloseWrite())
	})
	n, err := io.Copy(received, struct{ io.Reader }{r})
	if err != nil {
		Abort(c) // so that the sender ends
	}
	sender.Wait()
	switch {
	case err != nil || failed != nil:
		return fmt.Errorf("after %d of %d bytes: %w", n, size, errors.Join(err, failed))
	case n != int64(size):
		return fmt.Errorf("%d of %d bytes have come back", n, size)
	case string(sent.Sum(nil)) != string(received.Sum(nil)):
		return fmt.Errorf("other bytes have come back than the %d that were sent", size)
	}
	return nil
}

// flood is what is sent by who sends much.
var flood = make([]byte, 1<<20)

// NeverReads sends up to most bytes and reads none, until the server takes no more for a while, and returns how much it has taken. The
// connection is left open; it is of no other use.
func (to Target) NeverReads(most int, while time.Duration) (c Peer, sent int, err error) {
	if c, err = to.Dial(); err != nil {
		return nil, 0, err
	}
	for sent < most && err == nil {
		c.SetWriteDeadline(time.Now().Add(while))
		var n int
		n, err = c.Write(flood)
		sent += n
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
	}
	return c, sent, err
}

// Churn connects and resets, over and over, without a word.
func (to Target) Churn(times int) error {
	for range times {
		c, err := to.DialRaw()
		if err != nil {
			return err
		}
		Abort(c)
	}
	return nil
}

// Hold opens connections, which it returns, also if it fails. Nothing is said on them.
func (to Target) Hold(count int) (conns []Peer, err error) {
	for range count {
		c, err := to.Dial()
		if err != nil {
			return conns, err
		}
		conns = append(conns, c)
	}
	return conns, nil
}

// LetGo resets connections.
func LetGo(conns []Peer) {
	for _, c := range conns {
		Abort(c)
	}
}
