//go:build linux

package poll

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// TestPacketMessages: what was cut off is reported, and control messages come along.
func TestPacketMessages(t *testing.T) {
	inBothForms(t, func(t *testing.T) error {
		server, client := linkUDP(t, "udp4", "127.0.0.1:0")
		if err := unix.SetsockoptInt(server.sysfd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1); err != nil {
			return err
		}
		m := Message{Data: make([]byte, 4), Control: make([]byte, 100)}
		for _, size := range []int{4, 5, 0} {
			sent := Message{Data: make([]byte, size), Flags: -1}
			if err := rt.Await0(client.WriteMsg(&sent)); err != nil || sent.N != size || sent.Flags != 0 {
				t.Errorf("WriteMsg of %d bytes: %d, flags %x, %v", size, sent.N, sent.Flags, err)
			}
			if err := rt.Await0(server.ReadMsg(&m)); err != nil {
				return err
			}
			if m.N != min(size, 4) || m.Truncated() != (size > 4) || m.ControlTruncated() || m.Addr != client.LocalAddr().(*net.UDPAddr).AddrPort() {
				t.Errorf("ReadMsg of %d bytes: %d, flags %x, from %v", size, m.N, m.Flags, m.Addr)
			}
			control, err := unix.ParseSocketControlMessage(m.Control[:m.ControlN])
			if len(control) != 1 || control[0].Header.Type != unix.IP_PKTINFO || err != nil {
				t.Errorf("control messages %v, %v, want IP_PKTINFO", control, err)
			}
		}
		m.Control = m.Control[:4]
		if err := rt.Await0(client.WriteMsg(&Message{Data: []byte("x")})); err != nil {
			return err
		}
		err := rt.Await0(server.ReadMsg(&m))
		if !m.ControlTruncated() || m.Truncated() || m.N != 1 {
			t.Errorf("ReadMsg without room for control messages: flags %x, %d bytes", m.Flags, m.N)
		}
		return err
	})
}

// TestPacketMessages_Descriptors: a Unix socket passes a descriptor on, which is closed on exec.
func TestPacketMessages_Descriptors(t *testing.T) {
	inBothForms(t, func(t *testing.T) error {
		server, client := packetLinks[2].link(t)
		r, w, err := os.Pipe()
		if err != nil {
			return err
		}
		defer r.Close()
		defer w.Close()
		if err := rt.Await0(client.WriteMsg(&Message{Data: []byte("x"), Control: unix.UnixRights(int(w.Fd()))})); err != nil {
			return err
		}
		m := Message{Data: make([]byte, 1), Control: make([]byte, unix.CmsgSpace(4))}
		if err := rt.Await0(server.ReadMsg(&m)); err != nil {
			return err
		}
		control, err := unix.ParseSocketControlMessage(m.Control[:m.ControlN])
		if err != nil || len(control) != 1 || m.Flags != 0 {
			t.Fatalf("control messages %v, flags %x, %v", control, m.Flags, err)
		}
		fds, err := unix.ParseUnixRights(&control[0])
		if err != nil || len(fds) != 1 {
			t.Fatalf("descriptors %v, %v", fds, err)
		}
		defer unix.Close(fds[0])
		if flags, err := unix.FcntlInt(uintptr(fds[0]), unix.F_GETFD, 0); flags&unix.FD_CLOEXEC == 0 || err != nil {
			t.Errorf("flags of the descriptor are %x, %v: it is not closed on exec", flags, err)
		}
		if _, err := unix.Write(fds[0], []byte("through")); err != nil {
			return err
		}
		buf := make([]byte, 10)
		n, err := r.Read(buf)
		if string(buf[:n]) != "through" {
			t.Errorf("got %q through the descriptor", buf[:n])
		}
		return err
	})
}

// TestPacketBatches: several messages, of several kinds, in their order, with few system calls; an error says which message it is about.
func TestPacketBatches(t *testing.T) {
	for _, link := range packetLinks {
		t.Run(link.name, func(t *testing.T) {
			inBothForms(t, func(t *testing.T) error {
				server, client := link.link(t)
				const count = 7 // a Unix socket's queue has room for them
				sent := messages(count, 0)
				for i := range sent {
					sent[i].Data = bytes.Repeat([]byte{byte(i)}, i)
				}
				if n, err := rt.Await(client.WriteBatch(sent)); n != count || err != nil {
					t.Errorf("WriteBatch: %d, %v", n, err)
				}
				got := messages(count+1, 4)
				n, err := rt.Await(server.ReadBatch(got))
				if n != count || err != nil {
					t.Errorf("ReadBatch: %d messages, %v, want %d", n, err, count)
				}
				for i, m := range got[:n] {
					from := (peerAddr{ip: m.Addr, name: m.Name}).netAddr()
					if m.N != min(i, 4) || m.Truncated() != (i > 4) || !bytes.Equal(m.Data[:m.N], sent[i].Data[:m.N]) ||
						from.String() != client.LocalAddr().String() || sent[i].N != i {
						t.Errorf("message %d: %+v of %v", i, m, sent[i])
					}
				}
				for i := range got[:n] { // back to where they are from
					got[i].Data = got[i].Data[:got[i].N]
				}
				if n, err := rt.Await(server.WriteBatch(got[:n])); n != count || err != nil {
					t.Errorf("WriteBatch to addresses: %d, %v", n, err)
				}
				if n, err = rt.Await(client.ReadBatch(messages(count, 4))); n != count {
					t.Errorf("ReadBatch on a connected socket: %d messages", n)
				}
				if n, err := rt.Await(client.ReadBatch(nil)); n != 0 || err != nil {
					t.Errorf("ReadBatch of nothing: %d, %v", n, err)
				}
				if n, err := rt.Await(client.WriteBatch(nil)); n != 0 || err != nil {
					t.Errorf("WriteBatch of nothing: %d, %v", n, err)
				}
				return err
			})
		})
	}
}

// TestPacketBatches_Errors: those that can be sent before the one that cannot are sent, and no other.
func TestPacketBatches_Errors(t *testing.T) {
	inBothForms(t, func(t *testing.T) error {
		server, client := linkUDP(t, "udp4", "127.0.0.1:0")
		gram := listenPacket(t, "unixgram", "")
		to := client.LocalAddr().(*net.UDPAddr).AddrPort()
		for what, bad := range map[string]Message{
			"too much data":  {Data: make([]byte, 65508), Addr: to},
			"another family": {Addr: netip.MustParseAddrPort("[::1]:1")},
			"no address":     {},
		} {
			ms := []Message{{Data: []byte("0"), Addr: to}, {Data: []byte("1"), Addr: to}, bad, {Data: []byte("3"), Addr: to}}
			n, err := rt.Await(server.WriteBatch(ms))
			if oe, ok := err.(*net.OpError); n != 2 || !ok || bad.Addr.IsValid() && oe.Addr.String() != bad.Addr.String() {
				t.Errorf("WriteBatch with a message that has %s: %d sent, %v", what, n, err)
			}
			got := messages(4, 1)
			if n, err := rt.Await(client.ReadBatch(got)); n != 2 || string(got[0].Data)+string(got[1].Data) != "01" || err != nil {
				t.Errorf("ReadBatch afterwards: %d messages, %q and %q, %v", n, got[0].Data, got[1].Data, err)
			}
		}
		wantErr(t, "WriteMsg with an address on a connected socket", rt.Await0(client.WriteMsg(&Message{Addr: to})), net.ErrWriteToConnected)
		if err := rt.Await0(gram.WriteMsg(&Message{Addr: to})); err == nil {
			t.Error("WriteMsg of a Unix socket to an IP address is no error")
		}
		return nil
	})
}

// TestPacketBatches_Large: more messages than a system call takes, and more bytes.
func TestPacketBatches_Large(t *testing.T) {
	if n := batchSize(messages(2*maxBatch, 1)); n != maxBatch {
		t.Errorf("one system call is given %d messages, want %d", n, maxBatch)
	}
	if n := batchSize(messages(9, maxTransfer/4)); n != 4 {
		t.Errorf("one system call is given %d large messages, want 4", n)
	}
	if n := batchSize(messages(2, maxTransfer+1)); n != 1 {
		t.Errorf("one system call is given %d too large messages, want 1", n)
	}
	run(t, func() error {
		server, client := packetLinks[2].link(t)
		count := maxBatch + 10
		reader := rt.Spawn0(func() error {
			for got, ms := 0, messages(5, 2); got < count; {
				n, err := rt.Await(server.ReadBatch(ms))
				if err != nil {
					return err
				}
				for _, m := range ms[:n] {
					if m.N != 2 || int(m.Data[0])|int(m.Data[1])<<8 != got {
						return fmt.Errorf("message %d: %v", got, m.Data)
					}
					got++
				}
			}
			return nil
		})
		ms := messages(count, 2)
		for i := range ms {
			ms[i].Data[0], ms[i].Data[1] = byte(i), byte(i>>8)
		}
		if n, err := rt.Await(client.WriteBatch(ms)); n != count || err != nil {
			t.Errorf("WriteBatch: %d, %v", n, err)
		}
		_, err := rt.Await(reader.Wait())
		return err
	})
}

// TestF03_PacketsInterrupted: each call that a signal interrupts is made again.
func TestF03_PacketsInterrupted(t *testing.T) {
	server, client := linkUDP(t, "udp", "127.0.0.1:0")
	for name, exchange := range map[string]func(buf []byte) error{
		"Write and Read": func(buf []byte) error {
			if _, err := client.Write([]byte("once")); err != nil {
				return err
			}
			_, err := server.Read(buf)
			return err
		},
		"WriteMsg and ReadMsg": func(buf []byte) error {
			if err := client.WriteMsg(&Message{Data: []byte("once")}); err != nil {
				return err
			}
			return server.ReadMsg(&Message{Data: buf})
		},
	} {
		var err error
		buf := make([]byte, 4)
		calls := faulty(unix.EINTR, 3, func() { err = exchange(buf) })
		if calls != 5 || err != nil || string(buf) != "once" {
			t.Errorf("%s: %d calls, %v, %q, want 3 that are interrupted and 2 that are not", name, calls, err, buf)
		}
		if _, err := recvfrom(server.sysfd, buf, nil); err != unix.EAGAIN {
			t.Errorf("%s: something is left: %v", name, err)
		}
	}
}
