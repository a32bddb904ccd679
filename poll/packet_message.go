//go:build linux

package poll

import (
	"net"
	"net/netip"
	"sync"

	"golang.org/x/sys/unix"
)

// A Message is a datagram with what goes along with it, for [PacketConn.ReadMsg], [PacketConn.WriteMsg] and their forms for several at a
// time, [PacketConn.ReadBatch] and [PacketConn.WriteBatch]. The fields that a caller sets are left as they are, so that a Message can be
// used again and again; the others are the operation's to set.
type Message struct {
	// Data is what to send, or where to put what is received. Set by the caller.
	Data []byte
	// Control is the same for control messages, in the form of the system (recvmsg(2), cmsg(3); golang.org/x/sys/unix takes them apart),
	// nil for none. Descriptors that a Unix socket receives are closed on exec; they are the caller's to close. Set by the caller.
	Control []byte
	// Addr and Name are who has sent it, or, set by the caller, whom to send it to, both zero on a connected socket. Addr is the one of a
	// UDP socket, Name that of a Unix socket, the path of a file or an abstract name with @ for the first byte.
	Addr netip.AddrPort
	Name string

	// N is how many bytes of Data were received or sent.
	N int
	// ControlN is how many bytes of Control were received.
	ControlN int
	// Flags are those of what was received, zero after a send: unix.MSG_TRUNC if Data had no room for all, unix.MSG_CTRUNC if Control had
	// none, and what else recvmsg(2) tells.
	Flags int
}

// Truncated reports whether Data had no room for all that was received: the rest is lost.
func (m *Message) Truncated() bool { return m.Flags&unix.MSG_TRUNC != 0 }

// ControlTruncated reports whether Control had no room for all that was received: the rest is lost, and descriptors in it are closed.
func (m *Message) ControlTruncated() bool { return m.Flags&unix.MSG_CTRUNC != 0 }

// A packetBatch is messages that are to be received or sent.
type packetBatch struct {
	ms        []Message
	n         int // how many of them were
	family    int // of the socket
	connected bool
}

// maxBatch is how many messages a system call takes: the kernel's UIO_MAXIOV.
const maxBatch = 1024

// batchSize returns how many of ms, which are not empty, one system call is given: it bounds what that copies, as maxTransfer says.
func batchSize(ms []Message) int {
	bytes := 0
	for i := range ms[:min(len(ms), maxBatch)] {
		bytes += len(ms[i].Data)
		if bytes > maxTransfer && i > 0 {
			return i
		}
	}
	return min(len(ms), maxBatch)
}

// receive takes what there is with one system call.
func (b *packetBatch) receive(sysfd int) error {
	if len(b.ms) == 0 {
		return nil
	}
	ms := b.ms[:batchSize(b.ms)]
	h := takeHeaders(len(ms))
	defer h.giveBack()
	for i := range ms {
		h.point(i, &ms[i])
		h.addrs[i].size = unix.SizeofSockaddrAny
		h.headers[i].Name = h.addrs[i].pointer()
		h.headers[i].Namelen = h.addrs[i].size
	}
	n, err := recvmmsg(sysfd, h.headers)
	if err != nil {
		return err
	}
	for i := range ms[:n] {
		m, header := &ms[i], &h.headers[i]
		h.addrs[i].size = header.Namelen
		from := h.addrs[i].get()
		m.Addr, m.Name = from.ip, from.name
		m.N, m.ControlN = int(header.n), int(header.Controllen)
		m.Flags = int(header.Flags) &^ unix.MSG_CMSG_CLOEXEC // which the kernel repeats
	}
	b.n = n
	return nil
}

// send sends messages until all are sent or a call fails; it may have sent some when it fails.
func (b *packetBatch) send(sysfd int) error {
	for b.n < len(b.ms) {
		n, err := b.sendSome(sysfd, b.ms[b.n:])
		b.n += n
		if err != nil {
			return err
		}
	}
	return nil
}

// turnMessages is how many messages a fiber may send before it lets others run: as many as the credit it has for small operations.
const turnMessages = 256

// sendTurn sends messages until all are sent, a call fails, or others are to have their turn: after fairShare bytes, or turnMessages. It
// may have sent some when it fails.
func (b *packetBatch) sendTurn(sysfd int) error {
	ms := b.ms[:min(b.n+turnMessages, len(b.ms))]
	for begun := b.n; b.n < len(ms) && b.bytesSince(begun) < fairShare; {
		n, err := b.sendSome(sysfd, ms[b.n:])
		b.n += n
		if err != nil {
			return err
		}
	}
	return nil
}

// bytesSince returns how many bytes the messages from the one numbered first on have had.
func (b *packetBatch) bytesSince(first int) (bytes int) {
	for i := first; i < b.n; i++ {
		bytes += b.ms[i].N
	}
	return bytes
}

// sendSome sends some of ms with one system call, and returns how many.
func (b *packetBatch) sendSome(sysfd int, ms []Message) (n int, err error) {
	ms = ms[:batchSize(ms)]
	h := takeHeaders(len(ms))
	defer h.giveBack()
	for i := range ms {
		h.point(i, &ms[i])
		if invalid := b.address(h, i, &ms[i]); invalid != nil {
			if i == 0 {
				return 0, invalid
			}
			ms = ms[:i] // it comes first the next time
			break
		}
	}
	n, err = sendmmsg(sysfd, h.headers[:len(ms)])
	if err == unix.EAGAIN {
		return 0, whyBlocked(sysfd, peerAddr{name: ms[0].Name})
	}
	if err != nil {
		return 0, err
	}
	for i := range ms[:n] {
		ms[i].N, ms[i].ControlN, ms[i].Flags = int(h.headers[i].n), 0, 0
	}
	return n, nil
}

// address has the header i of h say whom m is for.
func (b *packetBatch) address(h *packetHeaders, i int, m *Message) error {
	to := peerAddr{ip: m.Addr, name: m.Name}
	if to.isZero() {
		return nil
	}
	if b.connected {
		return net.ErrWriteToConnected
	}
	if b.family == unix.AF_UNIX && m.Name == "" {
		return &net.AddrError{Err: "message has an IP address; a Unix socket takes a Name", Addr: m.Addr.String()}
	}
	if err := h.addrs[i].set(to, b.family); err != nil {
		return err
	}
	h.headers[i].Name, h.headers[i].Namelen = h.addrs[i].pointer(), h.addrs[i].size
	return nil
}

// peer returns whom the operation that failed was about: the first message that was not sent.
func (b *packetBatch) peer() peerAddr {
	if b.n >= len(b.ms) {
		return peerAddr{}
	}
	return peerAddr{ip: b.ms[b.n].Addr, name: b.ms[b.n].Name}
}

// packetHeaders are what the kernel is told about messages. They are needed during a system call alone, so operations share them.
type packetHeaders struct {
	headers []packetHeader
	vectors []unix.Iovec
	addrs   []rawAddr
}

var headerPool = sync.Pool{New: func() any { return new(packetHeaders) }}

// takeHeaders returns n headers that are zero.
func takeHeaders(n int) *packetHeaders {
	h := headerPool.Get().(*packetHeaders)
	if cap(h.headers) < n {
		*h = packetHeaders{make([]packetHeader, n), make([]unix.Iovec, n), make([]rawAddr, n)}
	}
	h.headers, h.vectors, h.addrs = h.headers[:n], h.vectors[:n], h.addrs[:n]
	return h
}

// giveBack ends the use of h, which refers to no message from then on.
func (h *packetHeaders) giveBack() {
	clear(h.headers)
	clear(h.vectors)
	clear(h.addrs)
	headerPool.Put(h)
}

// point has the header i point at what m has room for, or has to send.
func (h *packetHeaders) point(i int, m *Message) {
	header, vector := &h.headers[i], &h.vectors[i]
	if len(m.Data) > 0 {
		vector.Base = &m.Data[0]
		vector.SetLen(len(m.Data))
	}
	header.Iov = vector
	header.SetIovlen(1)
	if len(m.Control) > 0 {
		header.Control = &m.Control[0]
		header.SetControllen(len(m.Control))
	}
}
