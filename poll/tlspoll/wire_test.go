//go:build linux

package tlspoll

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
)

// A wire is one direction of a connection in memory.
type wire struct {
	mu     sync.Mutex
	some   *sync.Cond
	bytes  []byte // that have been written and not read
	blocks bool   // a read of nothing waits; otherwise it fails with poll.ErrWouldBlock
	ended  bool   // after bytes comes io.EOF
}

func newWire() *wire {
	w := &wire{blocks: true}
	w.some = sync.NewCond(&w.mu)
	return w
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bytes = append(w.bytes, p...)
	w.some.Broadcast()
	return len(p), nil
}

func (w *wire) Read(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.bytes) == 0 {
		if w.ended {
			return 0, io.EOF
		}
		if !w.blocks {
			return 0, poll.ErrWouldBlock
		}
		w.some.Wait()
	}
	n := copy(p, w.bytes)
	w.bytes = w.bytes[n:]
	return n, nil
}

// take returns what has been written and not read, which is not read any more, and from now on no read waits.
func (w *wire) take() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.bytes
	w.bytes, w.blocks = nil, false
	return all
}

// A wireEnd is an end of two wires.
type wireEnd struct {
	net.Conn // nil: nobody asks for addresses
	io.Reader
	io.Writer
}

func (e wireEnd) Read(p []byte) (int, error)       { return e.Reader.Read(p) }
func (e wireEnd) Write(p []byte) (int, error)      { return e.Writer.Write(p) }
func (e wireEnd) Close() error                     { return nil }
func (e wireEnd) SetWriteDeadline(time.Time) error { return nil }

// A session is one of crypto/tls in memory, after its handshake.
type session struct {
	client, server     *tls.Conn
	toClient, toServer *wire
	keys               *keyLog
}

// newSession makes the handshake of a session. The configurations are changed.
func newSession(t *testing.T, server, client *tls.Config) *session {
	t.Helper()
	s := &session{toClient: newWire(), toServer: newWire(), keys: new(keyLog)}
	server.KeyLogWriter = s.keys
	s.client = tls.Client(wireEnd{Reader: s.toClient, Writer: s.toServer}, client)
	s.server = tls.Server(wireEnd{Reader: s.toServer, Writer: s.toClient}, server)
	var group sync.WaitGroup
	group.Go(func() {
		if err := s.server.Handshake(); err != nil {
			t.Error(err)
		}
	})
	if err := s.client.Handshake(); err != nil {
		t.Error(err)
	}
	group.Wait()
	return s
}

// A keyLog keeps what a tls.Config logs of its secrets.
type keyLog struct{ bytes.Buffer }

// secret returns the secret with a label.
func (l *keyLog) secret(t *testing.T, label string) []byte {
	t.Helper()
	for line := range strings.Lines(l.String()) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == label {
			secret, err := hex.DecodeString(fields[2])
			if err != nil {
				t.Fatal(err)
			}
			return secret
		}
	}
	t.Fatalf("no secret %s is logged", label)
	return nil
}

// The types of records, and of a handshake message.
const (
	typeAlert       = 21
	typeHandshake   = 22
	typeApplication = 23

	messageKeyUpdate = 24
)

// A recordWriter writes records of TLS 1.3, with TLS_AES_128_GCM_SHA256, in the place of a peer of crypto/tls, which cannot be asked for
// all that the protocol allows.
type recordWriter struct {
	secret []byte
	aead   cipher.AEAD
	iv     []byte
	seq    uint64
}

// newRecordWriter goes on where the handshake has ended: the peer has written no record of its own.
func newRecordWriter(t *testing.T, state tls.ConnectionState, secret []byte) *recordWriter {
	t.Helper()
	if state.CipherSuite != tls.TLS_AES_128_GCM_SHA256 {
		t.Skipf("needs TLS_AES_128_GCM_SHA256, which crypto/tls prefers where the processor has AES; this is %s", tls.CipherSuiteName(state.CipherSuite))
	}
	w := new(recordWriter)
	w.setSecret(secret)
	return w
}

// setSecret begins with new keys.
func (w *recordWriter) setSecret(secret []byte) {
	block, err := aes.NewCipher(expand(secret, "key", 16))
	if err != nil {
		panic(err)
	}
	if w.aead, err = cipher.NewGCM(block); err != nil {
		panic(err)
	}
	w.secret, w.iv, w.seq = secret, expand(secret, "iv", 12), 0
}

// expand is HKDF-Expand-Label of RFC 8446, section 7.1, with an empty context.
func expand(secret []byte, label string, size int) []byte {
	label = "tls13 " + label
	info := binary.BigEndian.AppendUint16(nil, uint16(size))
	info = append(append(append(info, byte(len(label))), label...), 0)
	out, err := hkdf.Expand(sha256.New, secret, string(info), size)
	if err != nil {
		panic(err)
	}
	return out
}

// record returns a record of the given type.
func (w *recordWriter) record(typ byte, content []byte) []byte {
	inner := append(bytes.Clone(content), typ)
	header := []byte{typeApplication, 3, 3}
	header = binary.BigEndian.AppendUint16(header, uint16(len(inner)+w.aead.Overhead()))
	nonce := bytes.Clone(w.iv)
	binary.BigEndian.PutUint64(nonce[4:], binary.BigEndian.Uint64(nonce[4:])^w.seq)
	w.seq++
	return w.aead.Seal(header, nonce, inner, header)
}

// keyUpdate returns a KeyUpdate in records of so many bytes of it each, and goes on with the new keys. Asked, the peer updates its own.
func (w *recordWriter) keyUpdate(ask bool, piece int) (records []byte) {
	message := []byte{messageKeyUpdate, 0, 0, 1, 0}
	if ask {
		message[4] = 1
	}
	for len(message) > 0 {
		n := min(piece, len(message))
		records = append(records, w.record(typeHandshake, message[:n])...)
		message = message[n:]
	}
	w.setSecret(expand(w.secret, "traffic upd", sha256.Size))
	return records
}
