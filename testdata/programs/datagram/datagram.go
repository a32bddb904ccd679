// Package datagram is a key-value store that is asked over UDP, where each request and each answer is one datagram.
package datagram

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// maxSize is the size in bytes of the largest request and answer.
const maxSize = 64

// A store answers requests: "key=value" sets a key and is answered with an empty datagram, "key" asks for its value, and a request that is
// too long is refused.
type store struct {
	c      *poll.PacketConn
	values map[string]string
	count  int // requests so far
}

// serve answers one request after the other, until the socket is closed.
//
//async:func
func (s *store) serve() error {
	m := poll.Message{Data: make([]byte, maxSize)}
	for {
		err := rt.Await0(s.c.ReadMsg(&m))
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		s.count++
		answer := []byte("too long")
		if !m.Truncated() {
			answer = s.answer(m.Data[:m.N])
		}
		if _, err := rt.Await(s.c.WriteToAddrPort(answer, m.Addr)); err != nil {
			return err
		}
	}
}

// answer handles a request.
func (s *store) answer(request []byte) []byte {
	key, value, sets := bytes.Cut(request, []byte("="))
	if sets {
		s.values[string(key)] = string(value)
		return nil
	}
	return []byte(s.values[string(key)])
}

// ask sends a request from a socket of its own and returns the answer, and what the server knows the client as.
//
//async:func
func ask(server netip.AddrPort, request string) (answer string, as netip.AddrPort, err error) {
	c, err := rt.Await(poll.DialPacket("udp", server.String()))
	if err != nil {
		return "", as, err
	}
	defer c.Close()
	if _, err := rt.Await(c.Write([]byte(request))); err != nil {
		return "", as, err
	}
	buf := make([]byte, maxSize)
	n, from, err := rt.Await2(c.ReadFrom(buf))
	if err != nil {
		return "", as, err
	}
	if from.String() != server.String() {
		return "", as, fmt.Errorf("the answer is from %v, asked was %v", from, server)
	}
	return string(buf[:n]), c.LocalAddr().(*net.UDPAddr).AddrPort(), nil
}

// askAll sends all requests before it reads the first answer, from one socket, and returns the answers in their order.
//
//async:func
func askAll(c *poll.PacketConn, server netip.AddrPort, requests []string) ([]string, error) {
	ms := make([]poll.Message, len(requests))
	for i, r := range requests {
		ms[i] = poll.Message{Data: []byte(r), Addr: server}
	}
	if _, err := rt.Await(c.WriteBatch(ms)); err != nil {
		return nil, err
	}
	for i := range ms {
		ms[i].Data = make([]byte, maxSize)
	}
	var answers []string
	for len(answers) < len(requests) {
		n, err := rt.Await(c.ReadBatch(ms[len(answers):]))
		if err != nil {
			return nil, err
		}
		for _, m := range ms[len(answers) : len(answers)+n] {
			answers = append(answers, string(m.Data[:m.N]))
		}
	}
	return answers, nil
}
