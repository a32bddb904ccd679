//go:build linux

package poll

import (
	"net"
	"net/netip"
	"reflect"
	"testing"

	"github.com/goasync/goasync/rt"
)

// BenchmarkPacket: a datagram and its echo, in one loop and by the blocking forms, beside package net's; the allocations are those of all
// four operations.
func BenchmarkPacket(b *testing.B) {
	b.Run("loop", benchPacketLoop)
	b.Run("blocking", func(b *testing.B) {
		server, client := linkUDP(b, "udp4", "127.0.0.1:0")
		benchPacketCalls(b, server, client)
	})
	b.Run("net", func(b *testing.B) {
		server, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			b.Fatal(err)
		}
		defer server.Close()
		client, err := net.DialUDP("udp4", nil, server.LocalAddr().(*net.UDPAddr))
		if err != nil {
			b.Fatal(err)
		}
		defer client.Close()
		benchPacketCalls(b, netPackets{server}, client)
	})
}

// netPackets gives a socket of package net the names of ours.
type netPackets struct{ c *net.UDPConn }

func (s netPackets) ReadFromAddrPort(p []byte) (int, netip.AddrPort, error) {
	return s.c.ReadFromUDPAddrPort(p)
}

func (s netPackets) WriteToAddrPort(p []byte, addr netip.AddrPort) (int, error) {
	return s.c.WriteToUDPAddrPort(p, addr)
}

// benchPacketLoop has two coroutines exchange datagrams.
func benchPacketLoop(b *testing.B) {
	server, client := linkUDP(b, "udp4", "127.0.0.1:0")
	l, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	rt.SpawnOn(l, rt.Awaitable[struct{}](&packetEchoCoro{c: server, buf: make([]byte, 100)}))
	exchange := func(n int) {
		co := &packetClientCoro{c: client, left: &n, out: Message{Data: make([]byte, 64)}, in: Message{Data: make([]byte, 100)}}
		if _, err := rt.RunUntil(l, rt.SpawnOn(l, rt.Awaitable[struct{}](co))); err != nil {
			b.Fatal(err)
		}
		if co.in.N != len(co.out.Data) {
			b.Fatalf("the echo has %d bytes", co.in.N)
		}
	}
	exchange(100)
	b.ReportAllocs()
	b.ResetTimer()
	exchange(b.N)
}

// benchPacketCalls exchanges datagrams by calls none of which has to wait.
func benchPacketCalls(b *testing.B, server interface {
	ReadFromAddrPort([]byte) (int, netip.AddrPort, error)
	WriteToAddrPort([]byte, netip.AddrPort) (int, error)
}, client net.Conn) {
	buf := make([]byte, 64)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Write(buf); err != nil {
			b.Fatal(err)
		}
		n, from, err := server.ReadFromAddrPort(buf)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := server.WriteToAddrPort(buf[:n], from); err != nil {
			b.Fatal(err)
		}
		if _, err := client.Read(buf); err != nil {
			b.Fatal(err)
		}
	}
}

// TestPacketsAllocateNothing: neither a datagram of the operations, which wait, nor one of the blocking forms, which do not.
func TestPacketsAllocateNothing(t *testing.T) {
	if raceEnabled() {
		t.Skip("the race detector allocates")
	}
	if r := testing.Benchmark(benchPacketLoop); r.AllocsPerOp() != 0 {
		t.Errorf("%d allocations an exchange: %s", r.AllocsPerOp(), r.MemString())
	}
	server, client := linkUDP(t, "udp4", "127.0.0.1:0")
	buf, ms := make([]byte, 64), messages(4, 64)
	if n := testing.AllocsPerRun(100, func() {
		client.Write(buf)
		n, from, _ := server.ReadFromAddrPort(buf)
		server.WriteToAddrPort(buf[:n], from)
		client.Read(buf)
		client.WriteBatch(ms)
		server.ReadBatch(ms)
		for i := range ms {
			ms[i].Addr = netip.AddrPort{}
		}
	}); n != 0 {
		t.Errorf("the blocking forms make %v allocations", n)
	}
}

// TestPacketOperationsLetGo: as TestOperationsLetGo.
func TestPacketOperationsLetGo(t *testing.T) {
	var (
		read      PacketConnReadOp
		readFrom  PacketConnReadFromOp
		readPort  PacketConnReadFromAddrPortOp
		readMsg   PacketConnReadMsgOp
		readBatch PacketConnReadBatchOp
		write     PacketConnWriteOp
		writeTo   PacketConnWriteToOp
		writePort PacketConnWriteToAddrPortOp
		writeMsg  PacketConnWriteMsgOp
		writeAll  PacketConnWriteBatchOp
		dial      DialPacketOp
	)
	reads := []*awaitCoro{
		{op: &read, result: func() error { _, err := read.Result(); return err }},
		{op: &readFrom, result: func() error { _, err := readFrom.Result(); return err }},
		{op: &readPort, result: func() error { _, err := readPort.Result(); return err }},
		{op: &readMsg, result: func() error { _, err := readMsg.Result(); return err }},
		{op: &readBatch, result: func() error { _, err := readBatch.Result(); return err }},
	}
	writes := []*awaitCoro{
		{op: &write, result: func() error { _, err := write.Result(); return err }},
		{op: &writeTo, result: func() error { _, err := writeTo.Result(); return err }},
		{op: &writePort, result: func() error { _, err := writePort.Result(); return err }},
		{op: &writeMsg, result: func() error { _, err := writeMsg.Result(); return err }},
		{op: &writeAll, result: func() error { _, err := writeAll.Result(); return err }},
		{op: &dial, result: func() error {
			c, err := dial.Result()
			if err == nil {
				c.Close()
			}
			return err
		}},
	}
	for _, how := range []string{"at once", "after a wait", "failed", "aborted"} {
		for i, co := range append(reads, writes...) {
			run(t, func() error {
				server, client := linkUDP(t, "udp6", "[::1]:0")
				to, buf := client.LocalAddr(), make([]byte, 1)
				msg := Message{Data: buf, Addr: to.(*net.UDPAddr).AddrPort()}
				read.Init(server, buf)
				readFrom.Init(server, buf)
				readPort.Init(server, buf)
				readMsg.Init(server, &msg)
				readBatch.Init(server, []Message{msg})
				write.Init(client, buf)
				writeTo.Init(server, buf, to)
				writePort.Init(server, buf, msg.Addr)
				writeMsg.Init(server, &msg)
				writeAll.Init(server, []Message{msg})
				dial.Init("udp", server.LocalAddr().String())
				co.Reset()
				fails, waits := how == "failed" && co.op != &dial, i < len(reads)
				switch {
				case fails:
					server.Close()
					client.Close()
				case how == "at once" && waits:
					client.Write(buf)
				}
				task := rt.SpawnOn(rt.RunningLoop(), rt.Awaitable[struct{}](co))
				if waits && (how == "after a wait" || how == "aborted") {
					rt.Await0(rt.YieldNow())
					if task.Done() {
						t.Errorf("%T did not wait", co.op)
					}
					client.Write(buf)
				}
				if how == "aborted" {
					task.Cancel(nil)
					fails = true
				}
				if _, err := rt.Await(task.Wait()); (err != nil) != fails {
					t.Errorf("%s: %T ended with %v", how, co.op, err)
				}
				if left := references("", reflect.ValueOf(co.op).Elem()); left != nil {
					t.Errorf("%s: %T refers to %v after its result was read", how, co.op, left)
				}
				return nil
			})
		}
	}
}
