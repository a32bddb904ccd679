//go:build linux

package poll

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// crowdEnv has this test binary, run again, be a crowd of peers: a process of its own, so that their descriptors are not those of the server
// that is tested. It says how many there are of them, and where that is: "1000 tcp 127.0.0.1:7007".
const crowdEnv = "POLL_TEST_CROWD"

// crowdMain is main of that process. The peers are of package net, so that nothing that is tested has a part in them. Each sends a byte for
// each one that comes in, and reads nothing. The process ends with its input.
func crowdMain(of string) error {
	var count int
	var network, address string
	if _, err := fmt.Sscan(of, &count, &network, &address); err != nil {
		return err
	}
	peers := make([]net.Conn, count)
	for i := range peers {
		var err error
		if peers[i], err = dialPatiently(network, address); err != nil {
			return fmt.Errorf("peer %d of %d: %w", i, count, err)
		}
	}
	for b := make([]byte, 1); ; {
		if _, err := os.Stdin.Read(b); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		for i, c := range peers {
			if _, err := c.Write(b); err != nil {
				return fmt.Errorf("peer %d of %d: %w", i, count, err)
			}
		}
	}
}

// dialPatiently connects. If the server's queue of connections is full, it waits for room, as the kernel does by itself for TCP.
func dialPatiently(network, address string) (net.Conn, error) {
	for {
		c, err := net.Dial(network, address)
		if !errors.Is(err, unix.EAGAIN) {
			return c, err
		}
		time.Sleep(time.Millisecond)
	}
}

// A crowd is such a process, seen from the server. Its connections end with it: a server that waits for it notices.
type crowd struct {
	in io.WriteCloser
}

// startCrowd has count peers connect to ln, which wait for whoever accepts them. They go when the test ends.
func startCrowd(t testing.TB, ln *Listener, count int) *crowd {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), fmt.Sprintf("%s=%d %v %v", crowdEnv, count, ln.Addr().Network(), ln.Addr()))
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := command.Wait(); err != nil {
			t.Errorf("the process of the peers: %v", err)
		}
	})
	return &crowd{in}
}

// send has each peer send a byte.
func (c *crowd) send() error {
	_, err := c.in.Write([]byte("x"))
	return err
}
