//go:build linux

package poll

import (
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// TestPacketSelect: a datagram is taken by the operation that a Select chooses, and by no other.
func TestPacketSelect(t *testing.T) {
	for _, link := range packetLinks {
		t.Run(link.name, func(t *testing.T) {
			run(t, func() error {
				server, client := link.link(t)
				buf, m := make([]byte, 10), Message{Data: make([]byte, 10)}
				got := func(what string, n int, from string, err error) {
					t.Helper()
					if n != 5 || from != "" && from != client.LocalAddr().String() || err != nil {
						t.Errorf("%s: %d bytes from %s, %v", what, n, from, err)
					}
				}
				read, readFrom, readPort, readMsg := server.ReadOp(buf), server.ReadFromOp(buf), server.ReadFromAddrPortOp(buf), server.ReadMsgOp(&m)
				for _, op := range []rt.Waiter{read, readFrom, readPort, readMsg} {
					stop := rt.NewEvent()
					task := selecting(op, stop.WaitOp())
					stop.Set()
					chosen(t, task, 1)
					task = selecting(op, rt.NewEvent().WaitOp())
					write := client.WriteOp([]byte("hello"))
					chosen(t, selecting(write), 0)
					n, err := write.Result()
					got("WriteOp", n, "", err)
					chosen(t, task, 0)
					switch op {
					case read:
						n, err := read.Result()
						got("ReadOp", n, "", err)
					case readFrom:
						r, err := readFrom.Result()
						got("ReadFromOp", r.First, r.Second.String(), err)
					case readPort:
						r, err := readPort.Result()
						from := ""
						if r.Second.IsValid() {
							from = r.Second.String()
						}
						got("ReadFromAddrPortOp", r.First, from, err)
					case readMsg:
						n, err := readMsg.Result()
						got("ReadMsgOp", n, m.Name, err)
					}
				}
				return nil
			})
		})
	}
}

// TestPacketSelect_Fails: the error of the network is that of the operation that is chosen.
func TestPacketSelect_Fails(t *testing.T) {
	run(t, func() error {
		server, client := linkUDP(t, "udp", "127.0.0.1:0")
		server.Close()
		read := client.ReadOp(make([]byte, 1))
		task := selecting(read)
		if _, err := client.Write([]byte("x")); err != nil {
			return err
		}
		chosen(t, task, 0)
		_, err := read.Result()
		wantErr(t, "ReadOp", err, unix.ECONNREFUSED)
		return nil
	})
}

// TestPacketSelect_FailedReadMsg: the result of a ReadMsgOp that fails has nothing of what the Message was used for before.
func TestPacketSelect_FailedReadMsg(t *testing.T) {
	run(t, func() error {
		c := listenPacket(t, "udp", "127.0.0.1:0")
		op := c.ReadMsgOp(&Message{N: 7})
		task := selecting(op)
		c.Close()
		chosen(t, task, 0)
		if n, err := op.Result(); n != 0 || err == nil {
			t.Errorf("ReadMsgOp of a closed socket: %d, %v", n, err)
		}
		return nil
	})
}
