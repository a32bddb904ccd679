//go:build linux

package poll

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// mostPerTurn is what one fiber moves at most before others run: its share, and an operation that began while some of that was left.
const mostPerTurn = fairShare + maxTransfer

// perTurn lets a task run that moves bytes, and returns the most that *moved grew by between two turns of others.
func perTurn(task *rt.Task[struct{}], moved *int) (most int, err error) {
	for last := *moved; !task.Done(); last = *moved {
		turn()
		most = max(most, *moved-last)
	}
	_, err = rt.Await(task.Wait())
	return most, err
}

// flooded returns a connection whose receive buffer holds more than one fiber may read in a turn, and how much that is.
func flooded(t *testing.T) (c *Conn, size int) {
	t.Helper()
	c, peer := bothPair(t, "tcp")
	for _, fd := range []int{c.sysfd, peer.sysfd} {
		for _, name := range []int{unix.SO_RCVBUF, unix.SO_SNDBUF} {
			unix.SetsockoptInt(fd, unix.SOL_SOCKET, name, 8<<20) // the system may allow less
		}
	}
	size = filled(peer)
	peer.Close()
	return c, size
}

// Statement 206: however much there is to read, others get their turn after 256 KiB.
// CPython: data_received is given 262144 bytes at most of 8228544.
func TestC206_ReadsLetOthersRun(t *testing.T) {
	buf := make([]byte, 16<<10)
	for _, form := range []struct {
		name string
		read func(c *Conn) (int, error)
	}{
		{"Read", func(c *Conn) (int, error) { return rt.Await(c.Read(buf)) }},
		{"Select", func(c *Conn) (int, error) {
			op := c.ReadOp(buf)
			if _, err := rt.Await(rt.Select(op)); err != nil {
				return 0, err
			}
			return op.Result()
		}},
	} {
		t.Run(form.name, func(t *testing.T) {
			c, size := flooded(t)
			if size <= 2*mostPerTurn {
				t.Skipf("the system's buffers hold %d bytes, too few to tell", size)
			}
			run(t, func() error {
				moved := 0
				reader := rt.Spawn0(func() error {
					for {
						n, err := form.read(c)
						moved += n
						if err == io.EOF {
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
				if moved != size {
					t.Errorf("%d bytes were read, want %d", moved, size)
				}
				return err
			})
		})
	}
}

// F17: a large Write lets others run, and nothing comes between its bytes.
func TestF17_LargeWriteLetsOthersRun(t *testing.T) {
	t.Run("Conn.Write", func(t *testing.T) {
		largeWrite(t, func(c *Conn, message []byte) (rt.Awaitable[int], *int) {
			op := new(ConnWriteOp)
			op.Init(c, message)
			return op, &op.n
		})
	})
	t.Run("Write", func(t *testing.T) {
		largeWrite(t, func(c *Conn, message []byte) (rt.Awaitable[int], *int) {
			op := new(WriteOp)
			op.Init(c, message)
			return op, &op.n
		})
	})
}

// largeWrite awaits a write of a large message, and looks at what it has written meanwhile.
func largeWrite(t *testing.T, write func(c *Conn, message []byte) (op rt.Awaitable[int], written *int)) {
	run(t, func() error {
		c, peer := bothPair(t, "tcp")
		for _, name := range []int{unix.SO_RCVBUF, unix.SO_SNDBUF} {
			unix.SetsockoptInt(c.sysfd, unix.SOL_SOCKET, name, 8<<20)
			unix.SetsockoptInt(peer.sysfd, unix.SOL_SOCKET, name, 8<<20)
		}
		message := bytes.Repeat([]byte("0123456789abcdef"), 1<<20/16*8)
		op, written := write(c, message)
		writer := rt.Spawn0(func() error {
			_, err := rt.Block(op)
			c.CloseWrite()
			return err
		})
		turn()
		if *written == 0 || *written > mostPerTurn {
			t.Errorf("%d bytes were written in the first turn, want %d at most", *written, mostPerTurn)
		}
		if _, err := rt.Await(c.Write([]byte("between"))); err == nil {
			t.Error("another Write was admitted in the midst of one that lets others run")
		}
		received := rt.Spawn(func() ([]byte, error) {
			return rt.Blocking(func(context.Context) ([]byte, error) { return io.ReadAll(peer) })
		})
		most, err := perTurn(writer, written)
		if most > mostPerTurn {
			t.Errorf("%d bytes were written in one turn, want %d at most", most, mostPerTurn)
		}
		got, _ := rt.Await(received.Wait())
		if !bytes.Equal(got, message) {
			t.Errorf("%d bytes arrived, or others than the %d that were sent", len(got), len(message))
		}
		return err
	})
}

// F17: a large batch lets others run, whether its messages are many or large.
func TestF17_LargeBatchLetsOthersRun(t *testing.T) {
	const credit = 256 // of a fiber, in messages
	for _, test := range []struct {
		name              string
		count, size, most int
	}{
		{"many", 20 * credit, 1, credit},
		{"large", credit, 16 << 10, mostPerTurn >> 14},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, func() error {
				server := listenPacket(t, "udp", "127.0.0.1:0")
				c, err := DialPacket("udp", server.LocalAddr().String())
				if err != nil {
					return err
				}
				defer c.Close()
				ms := make([]Message, test.count)
				for i := range ms {
					ms[i].Data = tooMuch[:test.size]
				}
				op := new(PacketConnWriteBatchOp)
				op.Init(c, ms)
				writer := rt.Spawn0(func() error { _, err := rt.Block(op); return err })
				most, err := perTurn(writer, &op.n)
				if most > test.most {
					t.Errorf("%d messages were sent in one turn, want %d at most", most, test.most)
				}
				if op.n != test.count {
					t.Errorf("%d messages were sent, want %d", op.n, test.count)
				}
				return err
			})
		})
	}
}

// A Write that lets others run meets a cancel there, and says how much it has written.
func TestF32_CancelWhileAWriteGivesWay(t *testing.T) {
	run(t, func() error {
		c, peer := bothPair(t, "tcp")
		unix.SetsockoptInt(c.sysfd, unix.SOL_SOCKET, unix.SO_SNDBUF, 8<<20)
		n := 0
		writer := rt.Spawn0(func() (err error) {
			n, err = rt.Await(c.Write(tooMuch))
			c.Close()
			return err
		})
		turn() // it has written a share
		writer.Cancel(nil)
		if _, err := rt.Await(writer.Wait()); err == nil {
			t.Error("a Write that was cancelled succeeded")
		}
		arrived, err := rt.Blocking(func(context.Context) (int64, error) { return io.Copy(io.Discard, peer) })
		if int64(n) != arrived || n <= 0 || n > mostPerTurn {
			t.Errorf("Write returned %d, %d bytes arrived, want the same, and %d at most", n, arrived, mostPerTurn)
		}
		return err
	})
}

// F18: small operations cost credit each, so that a task whose socket is never empty lets others run after 256 of them.
func TestF18_SmallReadsLetOthersRun(t *testing.T) {
	const (
		size = 32 << 10
		most = 256 + 1 // the one that the task was resumed with
	)
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := bothPair(t, network)
			if _, err := rt.Await(peer.Write(make([]byte, size))); err != nil {
				return err
			}
			peer.Close()
			reads := 0
			reader := rt.Spawn0(func() error {
				for b := make([]byte, 16); ; reads++ {
					if _, err := rt.Await(c.Read(b)); err == io.EOF {
						return nil
					} else if err != nil {
						return err
					}
				}
			})
			n, err := perTurn(reader, &reads)
			if n > most {
				t.Errorf("%d reads in one turn, want %d at most", n, most)
			}
			if reads < size/16 {
				t.Errorf("%d reads, want %d", reads, size/16)
			}
			return err
		})
	})
}

// F07: a peer that never reads costs no memory here: what it does not take stays with the writer, who waits.
func TestF07_NothingIsBuffered(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, _ := pairOver(t, network)
			pieces := [][]byte{tooMuch, tooMuch}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			writer := rt.Spawn0(func() error { _, err := rt.Await(c.Write(tooMuch)); return err })
			for !c.waits(writing) {
				turn()
			}
			writer.Cancel(nil)
			rt.Await(writer.Wait())
			writer = rt.Spawn0(func() error { _, err := rt.Await(c.Writev(pieces)); return err })
			for !c.waits(writing) {
				turn()
			}
			runtime.ReadMemStats(&after)
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
				t.Errorf("%d bytes were allocated for writes that wait", grown)
			}
			writer.Cancel(nil)
			rt.Await(writer.Wait())
			return nil
		})
	})
}
