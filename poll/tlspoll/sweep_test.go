//go:build linux

package tlspoll

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"hash"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// A scenario is what a sweep runs anew each time: first on a loop, which is disturbed, then second, which is not, then end.
type scenario struct {
	first, second func() error
	end           func()
}

// A disturbance is what happens to the task of first.
type disturbance func(loop *rt.Loop, task *rt.Task[struct{}])

// disturbances are what nothing may be lost by.
var disturbances = map[string]disturbance{
	"cancelled":                  func(_ *rt.Loop, task *rt.Task[struct{}]) { task.Cancel(nil) },
	"cancelled in the next turn": func(loop *rt.Loop, task *rt.Task[struct{}]) { loop.CallSoon(func() { task.Cancel(nil) }) },
	"given an error":             func(_ *rt.Loop, task *rt.Task[struct{}]) { task.Fiber().Throw(rttest.ErrInjected) },
}

// maxSweep bounds a sweep: how often a transfer waits is the kernel's choice.
const maxSweep = 40

// sweep disturbs the task of first before each step of the loop, from the first to its end, in each way. (Sweep of package rttest has a
// loop without sockets.)
func sweep(t *testing.T, make func() scenario) {
	for how, disturb := range disturbances {
		sweepBy(t, how, disturb, make)
	}
}

// sweepBy is a sweep with one disturbance.
func sweepBy(t *testing.T, how string, disturb disturbance, make func() scenario) {
	t.Helper()
	at := 1
	for disturbed := true; disturbed && at <= maxSweep && !t.Failed(); at++ {
		s := make()
		disturbed = s.run(t, fmt.Sprintf("%s before step %d", how, at), at, disturb)
		s.end()
	}
	if at <= 4 {
		t.Errorf("it had only %d steps", at-2)
	}
}

// run is one run, which it reports to have been disturbed unless first had ended before.
func (s *scenario) run(t *testing.T, how string, at int, disturb disturbance) (disturbed bool) {
	t.Helper()
	var loop *rt.Loop
	var first, second *rt.Task[struct{}]
	steps := 0
	loop, err := rt.NewLoop(rt.LoopOptions{Choose: func(int) int {
		if first != nil && !first.Done() {
			if steps++; steps == at {
				disturbed = true
				disturb(loop, first)
			}
		}
		return 0
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	loop.CallSoon(func() {
		first = rt.Spawn0(s.first)
		first.AddDoneCallback(func(*rt.Task[struct{}]) {
			second = rt.Spawn0(s.second)
			second.AddDoneCallback(func(*rt.Task[struct{}]) { loop.Stop() })
		})
	})
	within(t, how, func() {
		if err := loop.Run(); err != nil {
			t.Error(err)
		}
	})
	_, err = first.Result()
	if err != nil && !(disturbed && (errors.Is(err, context.Canceled) || errors.Is(err, rttest.ErrInjected))) {
		t.Errorf("%s: %v", how, err)
	}
	if _, err := second.Result(); err != nil {
		t.Errorf("%s, what came after it: %v", how, err)
	}
	return disturbed
}

// TestF32_SweepOfHandshakes has another task go on with a handshake that was disturbed: nothing is lost of what was read or written.
func TestF32_SweepOfHandshakes(t *testing.T) {
	shake := func(c *Conn, peer *tls.Conn) scenario {
		done := make(chan struct{})
		go func() {
			defer close(done)
			io.Copy(peer, peer)
		}()
		return scenario{
			first: func() error { return rt.Await0(c.Handshake()) },
			second: func() error {
				if err := rt.Await0(c.Handshake()); err != nil {
					return err
				}
				buf := make([]byte, 5)
				if _, err := rt.Await(c.Write([]byte("hello"))); err != nil {
					return err
				}
				if _, err := rt.Await(c.Read(buf)); string(buf) != "hello" || err != nil {
					t.Errorf("%q came back, %v", buf, err)
				}
				return nil
			},
			end: func() {
				c.Close()
				<-done
			},
		}
	}
	for _, version := range versions {
		for _, weServe := range []bool{true, false} {
			sweep(t, func() scenario {
				server, client := configs()
				server.MaxVersion = version
				ours, peers := client, server
				if weServe {
					ours, peers = server, client
				}
				c, peer := pair(t, ours, peers, weServe)
				return shake(c, peer)
			})
		}
	}
}

// TestF31_SweepOfDials disturbs a Dial: either there is a connection, or nothing is left of it.
func TestF31_SweepOfDials(t *testing.T) {
	server, client := configs()
	ln := NewListener(listenLocal(t), server)
	var group sync.WaitGroup
	group.Go(func() {
		for {
			c, err := ln.AcceptConn()
			if err != nil {
				return // the listener is closed
			}
			group.Go(func() {
				c.Read(make([]byte, 1)) // to the end, whatever that is
				c.Close()
			})
		}
	})
	before := len(openDescriptors())
	d := &Dialer{Config: client}
	for _, dial := range []func() (net.Conn, error){
		func() (net.Conn, error) { return rt.Await(d.Dial("tcp", ln.Addr().String())) },
		func() (net.Conn, error) { return d.DialContext(t.Context(), "tcp", ln.Addr().String()) },
	} {
		sweep(t, func() scenario {
			return scenario{func() error {
				c, err := dial()
				if err == nil {
					c.Close()
				}
				return err
			}, func() error { return nil }, func() {}}
		})
	}
	ln.Close()
	group.Wait()
	if now := len(openDescriptors()); now > before {
		t.Errorf("%d descriptors are open, %d before", now, before)
	}
}

// TestF14_SweepOfClose closes a connection, on which tasks shake hands, read and write, before each step: all of them end.
func TestF14_SweepOfClose(t *testing.T) {
	var c *Conn
	sweepBy(t, "closed", func(*rt.Loop, *rt.Task[struct{}]) { c.Close() }, func() scenario {
		var peer *tls.Conn
		c, peer = serverPair(t)
		done := make(chan struct{})
		go func() {
			defer close(done)
			io.Copy(peer, peer)
		}()
		endless := func(f func() error) func() error {
			return func() error {
				for {
					if err := f(); errors.Is(err, net.ErrClosed) {
						return nil
					} else if err != nil {
						return err
					}
				}
			}
		}
		buf := make([]byte, 1000)
		return scenario{
			first: func() error {
				return rt.Await0(rt.Gather0(
					endless(func() error { _, err := rt.Await(c.Read(buf)); return err }),
					endless(func() error { _, err := rt.Await(c.Write(noise(1000))); return err }),
					func() error {
						if err := rt.Await0(c.Handshake()); !errors.Is(err, net.ErrClosed) {
							return err
						}
						return nil
					},
				))
			},
			second: func() error {
				if _, err := rt.Await(c.Read(buf)); !errors.Is(err, net.ErrClosed) {
					t.Errorf("Read when closed: %v", err)
				}
				return nil
			},
			end: func() { <-done },
		}
	})
}

// TestF32_SweepOfReads has another task read on after one that was disturbed: nothing is lost.
func TestF32_SweepOfReads(t *testing.T) {
	const pieces = 4
	data := noise(pieces * 20_000) // pieces longer than a record
	sweepTransfer(t, data, func(c *Conn, peer *tls.Conn, got hash.Hash) (first, second func() error, beside func()) {
		read := func() error {
			buf := make([]byte, 10_000)
			for {
				n, err := rt.Await(c.Read(buf))
				got.Write(buf[:n])
				if err == io.EOF {
					return nil
				}
				if err != nil {
					return err
				}
			}
		}
		return read, read, func() {
			for i := range pieces {
				peer.Write(data[i*len(data)/pieces : (i+1)*len(data)/pieces])
			}
			peer.Close()
		}
	})
}

// TestF32_SweepOfWrites has another task go on with what one that was disturbed had not accepted: all arrives, once, in order.
func TestF32_SweepOfWrites(t *testing.T) {
	data := noise(6 << 20) // which has to wait for the reader several times
	sweepTransfer(t, data, func(c *Conn, peer *tls.Conn, got hash.Hash) (first, second func() error, beside func()) {
		left := data
		write := func() error {
			n, err := rt.Await(c.Write(left))
			left = left[n:]
			return err
		}
		last := func() error {
			if err := write(); err != nil {
				return err
			}
			return rt.Await0(c.CloseWrite())
		}
		return write, last, func() {
			if _, err := io.Copy(got, peer); err != nil {
				t.Error(err)
			}
		}
	})
}

// A transferOf makes a scenario's transfer of data; beside runs on a goroutine, and what has been received is written to got.
type transferOf func(c *Conn, peer *tls.Conn, got hash.Hash) (first, second func() error, beside func())

// sweepTransfer sweeps a transfer of data.
func sweepTransfer(t *testing.T, data []byte, transfer transferOf) {
	sweep(t, transfers(t, data, transfer))
}

// transfers makes scenarios of a transfer of data. In the end what has been received is to be data.
func transfers(t *testing.T, data []byte, transfer transferOf) func() scenario {
	want := sha256.Sum256(data)
	return func() scenario {
		c, peer := serverPair(t)
		got := sha256.New()
		first, second, beside := transfer(c, peer, got)
		done := make(chan struct{})
		go func() {
			defer close(done)
			beside()
		}()
		return scenario{first, second, func() {
			<-done
			c.Close()
			if string(got.Sum(nil)) != string(want[:]) {
				t.Error("what has been received is not what was sent")
			}
		}}
	}
}
