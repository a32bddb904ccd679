//go:build linux

package tlspoll

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"testing"

	"github.com/goasync/goasync/poll"
)

// The tests in this file say what this package needs of crypto/tls, without sockets: that a Read whose connection has nothing more, which
// says so by a temporary error, loses nothing of what it has read, and goes on from there when there is more. If a new version of Go
// fails them, the async Read cannot be as it is.

// chunks are the sizes in which a stream arrives: each split position is met by the first.
func chunks(stream []byte) []int {
	sizes := []int{1}
	for size := 2; size < 64; size += 3 {
		sizes = append(sizes, size)
	}
	return append(sizes, 517, 5000, len(stream))
}

// readInChunks has the stream arrive at the client in chunks, with attempts to read after each, until the end of the stream or the chunks.
// It returns what was read, and the last error.
func readInChunks(s *session, stream []byte, size int) (got []byte, err error) {
	buf := make([]byte, 100)
	for len(stream) > 0 {
		n := min(size, len(stream))
		s.toClient.Write(stream[:n])
		stream = stream[n:]
		for {
			n, err = s.client.Read(buf)
			got = append(got, buf[:n]...)
			if err == poll.ErrWouldBlock {
				break
			}
			if err != nil {
				return got, err
			}
		}
	}
	return got, err
}

// TestCryptoTLS_Chunks: records of crypto/tls itself, tickets among them, in each version.
func TestCryptoTLS_Chunks(t *testing.T) {
	want := append([]byte("hello"), bytes.Repeat([]byte("0123456789"), 2000)...)
	for _, version := range versions {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			var stream []byte
			for i := 0; i == 0 || i < len(chunks(stream)); i++ {
				server, client := configs()
				server.MaxVersion = version
				client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
				s := newSession(t, server, client)
				s.server.Write(want[:5])
				s.server.Write(want[5:])
				s.server.CloseWrite()
				stream = s.toClient.take()
				size := chunks(stream)[i]
				if got, err := readInChunks(s, stream, size); !bytes.Equal(got, want) || err != io.EOF {
					t.Fatalf("in chunks of %d: read %d bytes, %v; want %d, %v", size, len(got), err, len(want), io.EOF)
				}
				if _, ok := client.ClientSessionCache.Get("localhost"); !ok {
					t.Fatalf("in chunks of %d: the ticket is lost", size)
				}
			}
		})
	}
}

// TestCryptoTLS_Messages: what may come between the data of TLS 1.3. A key update comes whole and in pieces; that it was asked for, it is
// answered, and the answer leaves the session right.
func TestCryptoTLS_Messages(t *testing.T) {
	var stream []byte
	for i := 0; i == 0 || i < len(chunks(stream)); i++ {
		server, client := configs()
		server.SessionTicketsDisabled = true
		s := newSession(t, server, client)
		w := newRecordWriter(t, s.client.ConnectionState(), s.keys.secret(t, "SERVER_TRAFFIC_SECRET_0"))
		if left := s.toClient.take(); len(left) > 0 {
			t.Fatalf("crypto/tls sends %d bytes after the handshake that this test knows nothing of", len(left))
		}
		s.toServer.take()
		var want []byte
		stream = nil
		say := func(records []byte) { stream = append(stream, records...) }
		data := func(p []byte) {
			want = append(want, p...)
			say(w.record(typeApplication, p))
		}
		data([]byte("before"))
		say(w.keyUpdate(true, 5))
		data([]byte("between"))
		data(nil)
		say(w.keyUpdate(false, 2))
		say(w.keyUpdate(true, 1))
		data(bytes.Repeat([]byte("x"), 16<<10))
		say(w.record(typeAlert, []byte{1, 90})) // user_canceled, which means nothing
		data([]byte("after"))
		say(w.record(typeAlert, []byte{1, 0})) // close_notify

		size := chunks(stream)[i]
		if got, err := readInChunks(s, stream, size); !bytes.Equal(got, want) || err != io.EOF {
			t.Fatalf("in chunks of %d: read %d bytes, %v; want %d, %v", size, len(got), err, len(want), io.EOF)
		}
		fmt.Fprintf(s.client, "in chunks of %d", size)
		buf := make([]byte, 100)
		n, err := s.server.Read(buf)
		if got := string(buf[:n]); got != fmt.Sprintf("in chunks of %d", size) || err != nil {
			t.Fatalf("in chunks of %d: the server has read %q, %v", size, got, err)
		}
	}
}

// TestCryptoTLS_End: the end of the stream without close_notify is an error within a record alone.
func TestCryptoTLS_End(t *testing.T) {
	server, client := configs()
	s := newSession(t, server, client)
	s.toClient.take()
	s.server.Write([]byte("x"))
	record := s.toClient.take()
	for size := range len(record) + 1 {
		server, client := configs()
		s := newSession(t, server, client)
		tickets := s.toClient.take()
		s.server.Write([]byte("x"))
		stream := append(tickets, s.toClient.take()[:size]...)
		if _, err := readInChunks(s, stream, 10); len(stream) > 0 && err != poll.ErrWouldBlock {
			t.Errorf("before the end: %v", err)
		}
		s.toClient.ended = true
		want := io.ErrUnexpectedEOF
		if size == 0 || size == len(record) {
			want = io.EOF
		}
		if n, err := s.client.Read(make([]byte, 1)); n != 0 || err != want {
			t.Errorf("an end after %d of %d bytes: %d, %v; want %v", size, len(record), n, err, want)
		}
	}
}
