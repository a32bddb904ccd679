//go:build linux

package poll

import (
	"io"
	"runtime"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestBlockingWrites_OnALoop: a blocking form that would wait on a loop for another one, which waits for the peer, is refused.
func TestBlockingWrites_OnALoop(t *testing.T) {
	forms := map[string]func(c *Conn){
		"Conn.Write":    func(c *Conn) { c.Write([]byte("x")) },
		"Conn.Writev":   func(c *Conn) { c.Writev([][]byte{{'x'}}) },
		"Conn.SendFile": func(c *Conn) { c.SendFile(fileWith(t, []byte("x")), -1) },
		"Write":         func(c *Conn) { Write(c, []byte("x")) },
		"Copy":          func(c *Conn) { Copy(c, fileWith(t, []byte("x"))) },
	}
	for name, write := range forms {
		c, peer := connPair(t)
		written := make(chan error, 1)
		go func() {
			_, err := c.Write(tooMuch)
			c.CloseWrite()
			written <- err
		}()
		within(t, "the first write", func() {
			for !isPolled(c) {
				runtime.Gosched()
			}
		})
		run(t, func() error {
			var refusal any
			rt.RunningLoop().CallSoon(func() {
				defer func() { refusal = recover() }()
				write(c)
			})
			turns()
			if refusal == nil {
				t.Errorf("%s was not refused", name)
			}
			return nil
		})
		io.Copy(io.Discard, peer)
		if err := <-written; err != nil {
			t.Error(err)
		}
	}
}

// isPolled reports whether a blocking form of c has had to wait.
func isPolled(c *Conn) bool {
	x := c.extra.Load()
	if x == nil {
		return false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.netpoll != nil && x.netpoll.raw != nil
}
