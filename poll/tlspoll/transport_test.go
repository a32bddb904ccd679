//go:build linux

package tlspoll

import (
	"bytes"
	"testing"
)

// TestQueue: a queue that is never empty keeps its order, and does not grow.
func TestQueue(t *testing.T) {
	var queue transport
	var written, sent []byte
	for i := range 10_000 {
		piece := bytes.Repeat([]byte{byte(i)}, i%100)
		if _, err := queue.Write(piece); err != nil {
			t.Fatal(err)
		}
		written = append(written, piece...)
		if waiting := (*queue.queue)[queue.sent:]; len(waiting) > 1000 { // the socket takes some
			sent = append(sent, waiting[:i%1000]...)
			queue.sent += i % 1000
		}
		if size := cap(*queue.queue); size > 2*maxQueue {
			t.Fatalf("the queue has grown to %d bytes", size)
		}
	}
	sent = append(sent, (*queue.queue)[queue.sent:]...)
	if !bytes.Equal(sent, written) {
		t.Error("what was queued is not what was written")
	}
}

// TestQueue_Full: what does not fit ends the session, and nothing is queued any more.
func TestQueue_Full(t *testing.T) {
	var queue transport
	for range maxQueue / 1024 {
		if _, err := queue.Write(make([]byte, 1024)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if n, err := queue.Write(make([]byte, 1)); n != 0 || err != errQueueFull {
			t.Errorf("a write to a full queue: %d, %v", n, err)
		}
	}
	if all, err := queue.flush(); !all || err != errQueueFull {
		t.Errorf("flush: %t, %v", all, err)
	}
}
