package rpc

import (
	"encoding/binary"
	"errors"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// maxBody is how long the body of a frame may be, in bytes.
const maxBody = 1 << 20

var errTooLong = errors.New("the frame is too long")

// readFrame reads a frame: the number of a call and the length of the body, four bytes each, and the body. It returns io.EOF
// where the stream ends between frames. After any error the stream cannot be used.
//
//async:func
func readFrame(in *poll.Reader) (id uint32, body []byte, err error) {
	var header [8]byte
	if _, err := rt.Await(in.ReadFull(header[:])); err != nil {
		return 0, nil, err
	}
	id, n := binary.BigEndian.Uint32(header[:4]), binary.BigEndian.Uint32(header[4:])
	if n > maxBody {
		return 0, nil, errTooLong
	}
	body = make([]byte, n)
	if _, err := rt.Await(in.ReadFull(body)); err != nil {
		return 0, nil, err
	}
	return id, body, nil
}

// A writer sends frames, one at a time.
type writer struct {
	conn *poll.Conn
	lock *rt.Lock
}

// send sends a frame. A cancel leaves it out or comes too late: half a frame would make the connection useless.
//
//async:func
func (w *writer) send(id uint32, body []byte) error {
	if err := rt.Await0(w.lock.Lock()); err != nil {
		return err
	}
	defer w.lock.Unlock()
	frame := binary.BigEndian.AppendUint32(nil, id)
	frame = binary.BigEndian.AppendUint32(frame, uint32(len(body)))
	frame = append(frame, body...)
	_, err := rt.Await(rt.Shield(func() (int, error) { return rt.Await(w.conn.Write(frame)) }))
	return err
}
