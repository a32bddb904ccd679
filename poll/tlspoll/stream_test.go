//go:build linux

package tlspoll

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// This file has the streams of package poll over connections of this one.

// TestReader: lines and parts of known length arrive as they were sent, in pieces that have nothing to do with them, and then the end.
func TestReader(t *testing.T) {
	part := noise(40_000) // longer than a record
	inForms(t, func(t *testing.T, run func(func() error) error) {
		ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
			stream := append([]byte("a line\nanother\r\n"), part...)
			stream = append(stream, "head: x\r\n\r\nand the rest"...)
			var group sync.WaitGroup
			defer group.Wait()
			group.Go(func() {
				for size := 1; len(stream) > 0; size *= 3 {
					n, err := peer.Write(stream[:min(size, len(stream))])
					if err != nil {
						t.Error(err)
						return
					}
					stream = stream[n:]
				}
				peer.CloseWrite()
			})
			err := run(func() error {
				r := poll.NewReader(c)
				for _, want := range []string{"a line", "another"} {
					if line, err := rt.Await(r.ReadLine()); string(line) != want || err != nil {
						t.Errorf("ReadLine: %q, %v; want %q", line, err, want)
					}
				}
				got := make([]byte, len(part))
				if n, err := rt.Await(r.ReadFull(got)); !bytes.Equal(got, part) || err != nil {
					t.Errorf("ReadFull: %d bytes, %v, or others than the %d sent", n, err, len(part))
				}
				if head, err := rt.Await(r.ReadUntil("\r\n\r\n")); string(head) != "head: x\r\n\r\n" || err != nil {
					t.Errorf("ReadUntil: %q, %v", head, err)
				}
				n, err := rt.Await(r.ReadFull(got))
				if string(got[:n]) != "and the rest" || err != io.ErrUnexpectedEOF {
					t.Errorf("ReadFull of more than there is: %q, %v", got[:n], err)
				}
				if line, err := rt.Await(r.ReadLine()); len(line) > 0 || err != io.EOF {
					t.Errorf("ReadLine at the end: %q, %v", line, err)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	})
}

// TestReader_Cancel: a call of a Reader that is cancelled when it has read a part of what it needs loses nothing.
func TestReader_Cancel(t *testing.T) {
	ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
		run(t, func() error {
			if err := rt.Await0(c.Handshake()); err != nil {
				return err
			}
			r := poll.NewReader(c)
			reader := rt.Spawn(func() ([]byte, error) { return rt.Await(r.ReadLine()) })
			if _, err := peer.Write([]byte("half of ")); err != nil {
				return err
			}
			for r.Buffered() == 0 || !waiting(c) {
				rt.Await0(rt.YieldNow())
			}
			reader.Cancel(nil)
			if _, err := rt.Await(reader.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
				t.Errorf("ReadLine: %v, want the cancel", err)
			}
			if _, err := peer.Write([]byte("a line\n")); err != nil {
				return err
			}
			line, err := rt.Await(r.ReadLine())
			if string(line) != "half of a line" {
				t.Errorf("ReadLine after the cancel: %q", line)
			}
			return err
		})
	})
}

// TestWriter: what is written in pieces of many sizes arrives, in order and once.
func TestWriter(t *testing.T) {
	data := noise(300 << 10)
	inForms(t, func(t *testing.T, run func(func() error) error) {
		ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
			c.raw.SetWriteBuffer(1)
			var group sync.WaitGroup
			group.Go(func() { wantStream(t, peer, data) })
			err := run(func() error {
				w := poll.NewWriter(c)
				for size, rest := 1, data; len(rest) > 0; size *= 2 {
					n, err := rt.Await(w.Write(rest[:min(size, len(rest))]))
					if err != nil {
						return err
					}
					if w.Buffered() > poll.DefaultWriterSize {
						t.Errorf("%d bytes are buffered", w.Buffered())
					}
					rest = rest[n:]
				}
				if err := rt.Await0(w.Flush()); err != nil || w.Buffered() > 0 || w.Written() != int64(len(data)) {
					t.Errorf("Flush: %v, %d bytes are buffered, %d written", err, w.Buffered(), w.Written())
				}
				return rt.Await0(c.CloseWrite())
			})
			if err != nil {
				t.Error(err)
			}
			group.Wait()
		})
	})
}

// TestWriter_Waits: to a peer that does not read a Writer waits, and holds no more than its size. A cancel neither loses nor repeats
// anything: what was accepted arrives.
func TestWriter_Waits(t *testing.T) {
	ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
		data := noise(4 << 20)
		c.raw.SetWriteBuffer(1)
		peer.NetConn().(*net.TCPConn).SetReadBuffer(64 << 10)
		w := poll.NewWriter(c)
		run(t, func() error {
			if err := rt.Await0(c.Handshake()); err != nil {
				return err
			}
			accepted, calls := 0, 0
			writer := rt.Spawn0(func() error {
				for {
					n, err := rt.Await(w.Write(data[accepted : accepted+1000+calls%9000]))
					accepted += n
					if calls++; err != nil {
						return err
					}
				}
			})
			for before := -1; !full(t, c) || calls != before; {
				before = calls
				rt.Await0(rt.YieldNow())
			}
			writer.Cancel(nil)
			if _, err := rt.Await(writer.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
				t.Errorf("Write: %v, want the cancel", err)
			}
			if w.Buffered() > poll.DefaultWriterSize || w.Written()+int64(w.Buffered()) != int64(accepted) {
				t.Errorf("%d bytes are accepted, %d written, %d buffered", accepted, w.Written(), w.Buffered())
			}
			flusher := rt.Spawn0(func() error {
				if err := rt.Await0(w.Flush()); err != nil {
					return err
				}
				return rt.Await0(c.CloseWrite())
			})
			rt.Await0(rt.Blocking0(func(context.Context) error { wantStream(t, peer, data[:accepted]); return nil }))
			_, err := rt.Await(flusher.Wait())
			return err
		})
	})
}

// TestCopy: what comes by TLS goes on without, and comes back; one direction after the other, in each form of Copy.
func TestCopy(t *testing.T) {
	data := noise(1 << 20)
	for form, copied := range map[string]func(dst io.Writer, src io.Reader) (int64, error){
		"blocking": poll.Copy,
		"plain": func(dst io.Writer, src io.Reader) (int64, error) {
			return rt.Run(func() (int64, error) { return rt.Await(poll.Copy(dst, src)) })
		},
		"async": func(dst io.Writer, src io.Reader) (int64, error) { return rt.RunAsync(poll.CopyAsync(dst, src)) },
	} {
		t.Run(form, func(t *testing.T) {
			ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
				raw, far := rawPair(t)
				within(t, "Copy", func() {
					var group sync.WaitGroup
					group.Go(func() {
						peer.Write(data)
						peer.CloseWrite()
						wantStream(t, peer, data)
					})
					group.Go(func() {
						wantStream(t, far, data)
						far.Write(data)
						far.CloseWrite()
					})
					if n, err := copied(raw, c); n != int64(len(data)) || err != nil {
						t.Errorf("from TLS: %d bytes, %v", n, err)
					}
					raw.CloseWrite()
					if n, err := copied(c, raw); n != int64(len(data)) || err != nil {
						t.Errorf("to TLS: %d bytes, %v", n, err)
					}
					if err := c.CloseWrite(); err != nil {
						t.Error(err)
					}
					group.Wait()
				})
			})
		})
	}
}

// TestCopy_BothWays: both directions at once, on one loop, through an echo at the far end.
func TestCopy_BothWays(t *testing.T) {
	data := noise(1 << 20)
	ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
		raw, far := rawPair(t)
		var group sync.WaitGroup
		group.Go(func() {
			peer.Write(data)
			peer.CloseWrite()
		})
		group.Go(func() { wantStream(t, peer, data) })
		group.Go(func() {
			io.Copy(far, far)
			far.CloseWrite()
		})
		run(t, func() error {
			return rt.Await0(rt.Gather0(
				func() error {
					if _, err := rt.Await(poll.Copy(raw, c)); err != nil {
						return err
					}
					return raw.CloseWrite()
				},
				func() error {
					if _, err := rt.Await(poll.Copy(c, raw)); err != nil {
						return err
					}
					return rt.Await0(c.CloseWrite())
				},
			))
		})
		group.Wait()
	})
}
