//go:build linux

package poll

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A scopedWait waits for ever, unless its deadline or a scope ends it.
type scopedWait struct {
	name     string
	deadline func(time.Time) error
	do       func() error
}

// check has the wait end at its own deadline, and at that of a scope, whichever is earlier, each with its own error. A scope's is gone
// with the scope.
func (wait *scopedWait) check(t *testing.T) {
	t.Helper()
	const soon, late = time.Millisecond, time.Hour
	wait.deadline(time.Now().Add(soon))
	err := rt.Timeout0(late, wait.do)
	if !errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%s, whose own deadline is earlier: %v, want os.ErrDeadlineExceeded and not the error of a scope", wait.name, err)
	}
	if e, ok := errors.AsType[net.Error](err); !ok || !e.Timeout() {
		t.Errorf("%s: an error of type %T, want a net.Error that is a timeout", wait.name, err)
	}

	wait.deadline(time.Now().Add(late))
	var inside error
	err = rt.Timeout0(soon, func() error { inside = wait.do(); return inside })
	if _, ok := errors.AsType[*rt.TimeoutError](err); !ok || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s, whose scope's deadline is earlier: %v, want a *rt.TimeoutError", wait.name, err)
	}
	if _, ok := errors.AsType[*rt.Canceled](inside); !ok {
		t.Errorf("%s, inside: %v, want a *rt.Canceled", wait.name, inside)
	}
}

// TestF14_CloseCountsMoreThanADeadline that has passed: who sets another one after a timeout, and tries again, would do so for ever.
func TestF14_CloseCountsMoreThanADeadline(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		inBothForms(t, func(t *testing.T) error {
			closed := deadlinesOn(t, network)
			for _, on := range closed {
				on.set(time.Unix(1, 0))
			}
			for name, on := range closed {
				on.of.Close()
				if err := on.do(); !errors.Is(err, net.ErrClosed) && !errors.Is(err, os.ErrClosed) {
					t.Errorf("%s: %v, want that it is closed", name, err)
				}
			}
			return nil
		})
	})
}

// Of a connection's deadline and a scope's the earlier one ends a wait, whatever waits.
func TestDeadlineOfConnAndOfScope(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			filled(c)
			ln := listenOver(t, network)
			never := func() bool { return false }
			large := fileWith(t, nil)
			if err := os.Truncate(large.Name(), 1<<30); err != nil { // all of it a hole
				return err
			}
			for _, wait := range []scopedWait{
				{"Read", c.SetReadDeadline, func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err }},
				{"Write", c.SetWriteDeadline, func() error { _, err := rt.Await(c.Write(tooMuch)); return err }},
				{"Writev", c.SetWriteDeadline, func() error { _, err := rt.Await(c.Writev([][]byte{tooMuch})); return err }},
				{"SendFile", c.SetWriteDeadline, func() error { _, err := rt.Await(c.SendFile(large, -1)); return err }},
				{"WaitRead", c.SetReadDeadline, func() error { return rt.Await0(c.WaitRead()) }},
				{"WhenReadable", c.SetReadDeadline, func() error { return rt.Await0(c.WhenReadable(never)) }},
				{"WhenWritable", c.SetWriteDeadline, func() error { return rt.Await0(c.WhenWritable(never)) }},
				{"Accept", ln.SetDeadline, func() error { _, err := rt.Await(ln.AcceptConn()); return err }},
				{"Select", c.SetReadDeadline, func() error { _, err := selected(c.ReadOp(make([]byte, 1))); return err }},
				{"poll.Read", c.SetReadDeadline, func() error { _, err := rt.Await(Read(c, make([]byte, 1))); return err }},
				{"ReadFull", c.SetReadDeadline, func() error { _, err := rt.Await(ReadFull(c, make([]byte, 2))); return err }},
				{"ReadAll", c.SetReadDeadline, func() error { _, err := rt.Await(ReadAll(c, 1)); return err }},
				{"Reader.ReadLine", c.SetReadDeadline, func() error { _, err := rt.Await(NewReader(c).ReadLine()); return err }},
				{"Reader.Discard", c.SetReadDeadline, func() error { _, err := rt.Await(NewReader(c).Discard(1)); return err }},
				{"Writer.Write", c.SetWriteDeadline, func() error { _, err := rt.Await(NewWriter(c).Write(tooMuch)); return err }},
				{"Writer.Flush", c.SetWriteDeadline, func() error {
					w := NewWriterSize(c, 16<<20) // which keeps its error; more than the room that a full socket may get by itself
					w.Write(tooMuch[:16<<20])
					return rt.Await0(w.Flush())
				}},
				{"Copy from it", c.SetReadDeadline, func() error { _, err := rt.Await(Copy(io.Discard, c)); return err }},
				{"Copy to it", c.SetWriteDeadline, func() error { _, err := rt.Await(Copy(c, bytes.NewReader(tooMuch))); return err }},
			} {
				wait.check(t)
			}
			peer.Write([]byte("x"))
			_, err := rt.Await(c.Read(make([]byte, 1)))
			return err
		})
	})
}

// So it is of other sockets and files, and nothing is lost by it.
func TestDeadlineOfOthersAndOfScope(t *testing.T) {
	run(t, func() error {
		r, w := pipe(t)
		for unixWrite(w) == nil {
		}
		empty, _ := pipe(t)
		for _, wait := range []scopedWait{
			{"File.Read", empty.SetReadDeadline, func() error { _, err := rt.Await(empty.Read(make([]byte, 1))); return err }},
			{"File.WaitRead", empty.SetReadDeadline, func() error { return rt.Await0(empty.WaitRead()) }},
			{"File.ReadOp", empty.SetReadDeadline, func() error { _, err := selected(empty.ReadOp(make([]byte, 1))); return err }},
			{"Reader of a File", empty.SetReadDeadline, func() error { _, err := rt.Await(NewReader(empty).ReadLine()); return err }},
			{"File.Write", w.SetWriteDeadline, func() error { _, err := rt.Await(w.Write(tooMuch[:100])); return err }},
			{"File.WaitWrite", w.SetWriteDeadline, func() error { return rt.Await0(w.WaitWrite()) }},
			{"File.WriteOp", w.SetWriteDeadline, func() error { _, err := selected(w.WriteOp(tooMuch[:100])); return err }},
		} {
			wait.check(t)
		}
		drainAll(r)
		w.Write([]byte("x"))
		if n, err := rt.Await(r.Read(make([]byte, 2))); n != 1 || err != nil {
			t.Errorf("after the writes that were given up: %d bytes, %v, want 1", n, err)
		}
		for _, link := range packetLinks {
			server, client := link.link(t)
			buf := make([]byte, 10)
			for _, wait := range []scopedWait{
				{"Read", server.SetReadDeadline, func() error { _, err := rt.Await(server.Read(buf)); return err }},
				{"ReadFrom", server.SetReadDeadline, func() error { _, _, err := rt.Await2(server.ReadFrom(buf)); return err }},
				{"ReadMsg", server.SetReadDeadline, func() error { return rt.Await0(server.ReadMsg(&Message{Data: buf})) }},
				{"ReadBatch", server.SetReadDeadline, func() error { _, err := rt.Await(server.ReadBatch(messages(2, 2))); return err }},
				{"ReadOp", server.SetReadDeadline, func() error { _, err := selected(server.ReadOp(buf)); return err }},
			} {
				wait.name = "PacketConn." + wait.name + ", " + link.name
				wait.check(t)
			}
			if _, err := rt.Await(client.Write([]byte("x"))); err != nil {
				return err
			}
			if n, err := rt.Await(server.Read(buf)); string(buf[:n]) != "x" || err != nil {
				t.Errorf("%s, after the reads that were given up: %q, %v", link.name, buf[:n], err)
			}
		}
		return nil
	})
}

// And of datagrams to a peer that is full, of a socket that is connected to it and of one that is not.
func TestDeadlineOfFullPeerAndOfScope(t *testing.T) {
	run(t, func() error {
		full, free := listenPacket(t, "unixgram", ""), listenPacket(t, "unixgram", "")
		to := full.LocalAddr().(*net.UnixAddr)
		client := dialUnixgram(t, nil, to)
		count := fillPeer(t, free, to.Name)
		for _, write := range fullWrites {
			wait := scopedWait{write.name, free.SetWriteDeadline, func() error { return write.write(free, to) }}
			wait.check(t)
		}
		for _, wait := range []scopedWait{
			{"Write", client.SetWriteDeadline, func() error { _, err := rt.Await(client.Write([]byte("x"))); return err }},
			{"WriteOp", client.SetWriteDeadline, func() error { _, err := selected(client.WriteOp([]byte("x"))); return err }},
			{"WriteBatch", client.SetWriteDeadline, func() error { _, err := rt.Await(client.WriteBatch(messages(2, 2))); return err }},
		} {
			wait.check(t)
		}
		buf := make([]byte, 10)
		for i := range count {
			if n, err := rt.Await(full.Read(buf)); n != 1 || buf[0] != byte(i) || err != nil {
				t.Errorf("datagram %d: %q, %v", i, buf[:n], err)
			}
		}
		if _, err := recvfrom(full.sysfd, buf, nil); err != unix.EAGAIN {
			t.Errorf("a datagram that was given up has come: %v", err)
		}
		return nil
	})
}

// F20: a deadline that is set again and again, later and earlier, keeps one timer.
func TestF20_DeadlinesSetAgain(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		run(t, func() error {
			reader := rt.Spawn0(func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err })
			turn()
			for n := range 10_000 {
				c.SetReadDeadline(time.Now().Add(time.Hour + time.Duration(n%2)*time.Hour))
				if n%100 == 0 {
					turn()
				}
			}
			turn()
			stats, err := rt.RunningLoop().Stats(t.Context())
			if err != nil {
				return err
			}
			if stats.Timers != 1 {
				t.Errorf("%d timers for one deadline", stats.Timers)
			}
			peer.Write([]byte("x"))
			_, err = rt.Await(reader.Wait())
			return err
		})
	})
}
