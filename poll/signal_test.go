//go:build linux

package poll

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/signal"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// TestF03_SignalStorm echoes while a timer interrupts system calls.
func TestF03_SignalStorm(t *testing.T) {
	signals := signalStorm(t)
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		run(t, func() error {
			server := rt.Spawn0(func() error { return echo(c) })
			client := rt.Spawn0(func() error { // paced by the signals: what it does next is interrupted somewhere
				_, err := rt.Blocking(func(context.Context) (struct{}, error) {
					return struct{}{}, pingPong(peer, func(n int) bool {
						<-signals
						return n < 200
					})
				})
				peer.Close()
				return err
			})
			if _, err := rt.Await(client.Wait()); err != nil {
				return err
			}
			_, err := rt.Await(server.Wait())
			return err
		})
	})
}

// signalStorm has a signal come every half a millisecond until the test ends.
func signalStorm(t *testing.T) <-chan os.Signal {
	t.Helper()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGALRM)
	every := unix.NsecToTimeval(int64(500 * time.Microsecond))
	if _, err := unix.Setitimer(unix.ITIMER_REAL, unix.Itimerval{Interval: every, Value: every}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		unix.Setitimer(unix.ITIMER_REAL, unix.Itimerval{})
		signal.Stop(signals)
	})
	return signals
}

// pingPong sends messages and expects them back, as long as more says so.
func pingPong(c net.Conn, more func(n int) bool) error {
	got := make([]byte, 1000)
	for n := 0; more(n); n++ {
		message := bytes.Repeat([]byte{byte(n)}, 1+n%1000)
		if _, err := c.Write(message); err != nil {
			return err
		}
		if _, err := io.ReadFull(c, got[:len(message)]); err != nil {
			return err
		}
		if !bytes.Equal(got[:len(message)], message) {
			return errors.New("the echo differs from the message")
		}
	}
	return nil
}

// F03: signals that come all the time do not put off what waits for a time: it is reached although each wait is cut short.
func TestF03_SignalsPutOffNoTimeout(t *testing.T) {
	signalStorm(t)
	const timeout = 20 * time.Millisecond
	c, _ := connPair(t)
	run(t, func() error {
		for range 3 {
			begin := time.Now()
			c.SetReadDeadline(begin.Add(timeout))
			_, err := rt.Await(c.Read(make([]byte, 1)))
			wantErr(t, "Read", err, os.ErrDeadlineExceeded)
			if err := rt.Await0(rt.Sleep(timeout)); err != nil {
				return err
			}
			if took := time.Since(begin); took < 2*timeout {
				t.Errorf("two waits of %v took %v", timeout, took)
			}
		}
		return nil
	})
}
