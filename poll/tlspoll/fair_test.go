//go:build linux

package tlspoll

import (
	"errors"
	"io"
	"net"
	"testing"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// mostPerTurn is what one fiber moves at most before others run: its share, and an operation that began while some of that was left.
const mostPerTurn = fairShare + 2*maxPiece

// perTurn lets a task run that moves bytes, and returns the most that *moved grew by between two turns of others.
func perTurn(task *rt.Task[struct{}], moved *int) (most int, err error) {
	for last := *moved; !task.Done(); last = *moved {
		rt.Await0(rt.YieldNow())
		most = max(most, *moved-last)
	}
	_, err = rt.Await(task.Wait())
	return most, err
}

// bothPair returns both ends of a connection, of this package, after the handshake. They are closed when the test ends.
func bothPair(t *testing.T) (c, peer *Conn) {
	t.Helper()
	server, client := configs()
	ln := listenLocal(t)
	run(t, func() error {
		raw, err := rt.Await(poll.Dial("tcp", ln.Addr().String()))
		if err != nil {
			return err
		}
		peer = Client(raw, client)
		if c, err = rt.Await(NewListener(ln, server).AcceptConn()); err != nil {
			return err
		}
		return rt.Await0(rt.Gather0(c.Handshake, peer.Handshake))
	})
	t.Cleanup(func() {
		c.Close()
		peer.Close()
	})
	return c, peer
}

// TestF17_ReadsLetOthersRun: however much there is to read, others get their turn.
func TestF17_ReadsLetOthersRun(t *testing.T) {
	c, peer := bothPair(t)
	if err := errors.Join(c.raw.SetReadBuffer(8<<20), peer.raw.SetWriteBuffer(8<<20)); err != nil {
		t.Fatal(err)
	}
	size, _, err := peer.tryWrite(tooMuch) // as much as the buffers take
	if err != nil {
		t.Fatal(err)
	}
	peer.raw.Close()
	if size <= 2*mostPerTurn {
		t.Skipf("the system's buffers hold %d bytes, too few to tell", size)
	}
	run(t, func() error {
		moved, buf := 0, make([]byte, maxPiece)
		reader := rt.Spawn0(func() error {
			for {
				n, err := rt.Await(c.Read(buf))
				moved += n
				if err == io.EOF || err == io.ErrUnexpectedEOF {
					return nil
				}
				if err != nil {
					return err
				}
			}
		})
		most, err := perTurn(reader, &moved)
		if most > mostPerTurn {
			t.Errorf("%d bytes were read in one turn, want %d at most", most, mostPerTurn)
		}
		if moved < size-maxPiece { // a part of the last piece was queued
			t.Errorf("%d bytes were read, want %d", moved, size)
		}
		return err
	})
}

// TestF17_LargeWriteLetsOthersRun: a large Write lets others run, none of which comes between its bytes; a cancel is met there.
func TestF17_LargeWriteLetsOthersRun(t *testing.T) {
	c, peer := serverPair(t)
	if err := errors.Join(c.raw.SetWriteBuffer(8<<20), peer.NetConn().(*net.TCPConn).SetReadBuffer(8<<20)); err != nil {
		t.Fatal(err)
	}
	run(t, func() error {
		if err := rt.Await0(c.Handshake()); err != nil {
			return err
		}
		op := new(ConnWriteOp)
		op.Init(c, tooMuch)
		writer := rt.Spawn0(func() error {
			_, err := rt.Block(op)
			return err
		})
		rt.Await0(rt.YieldNow())
		if op.n == 0 || op.n > mostPerTurn {
			t.Errorf("%d bytes were written in the first turn, want %d at most", op.n, mostPerTurn)
		}
		if _, err := rt.Await(c.Write([]byte("between"))); err == nil {
			t.Error("another Write was admitted in the midst of one that lets others run")
		}
		read := make(chan int64)
		go func() {
			n, _ := io.Copy(io.Discard, peer)
			read <- n
		}()
		before := op.n
		for range 5 {
			rt.Await0(rt.YieldNow())
			if op.n-before > mostPerTurn {
				t.Errorf("%d bytes were written in one turn, want %d at most", op.n-before, mostPerTurn)
			}
			before = op.n
		}
		writer.Cancel(nil)
		if _, err := rt.Await(writer.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
			t.Errorf("the Write: %v", err)
		}
		accepted := int64(op.n)
		if err := rt.Await0(c.CloseWrite()); err != nil {
			return err
		}
		if n := <-read; n != accepted {
			t.Errorf("the peer has read %d bytes; the cancelled Write said that it has written %d", n, accepted)
		}
		return nil
	})
}
