//go:build linux

package poll_test

import (
	"context"
	"crypto/tls"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/poll/tlspoll"
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/hostile"
)

// A chattyWorld is a loop on which a task reads from a peer that sends without end, and on which other connections have both ends.
type chattyWorld struct {
	network string
	ln      *poll.Listener
	read    int // bytes, from the chatty peer
}

// inChattyWorld runs test as a task of such a loop, over each network.
func inChattyWorld(t *testing.T, test func(t *testing.T, w *chattyWorld) error) {
	for _, network := range hostile.Networks {
		t.Run(network, func(t *testing.T) {
			w := &chattyWorld{network: "tcp"}
			at := "127.0.0.1:0"
			if network == "unix" {
				w.network, at = "unix", filepath.Join(t.TempDir(), "chatty")
			}
			var err error
			if w.ln, err = poll.Listen(w.network, at); err != nil {
				t.Fatal(err)
			}
			defer w.ln.Close()
			w.network = network
			if err := rt.Run0(func() error { return w.run(func() error { return test(t, w) }) }); err != nil {
				t.Error(err)
			}
			if w.read == 0 {
				t.Error("nothing came from the chatty peer")
			}
		})
	}
}

// run runs test beside the chatty peer.
func (w *chattyWorld) run(test func() error) error {
	to := hostile.Target{Network: w.ln.Addr().Network(), Address: w.ln.Addr().String(), TLS: w.network == "tls"}
	sender := rt.Spawn0(func() error {
		_, err := rt.Await(rt.Blocking(func(context.Context) (struct{}, error) {
			c, _, err := to.NeverReads(1<<40, time.Minute)
			if c != nil {
				hostile.Abort(c)
			}
			return struct{}{}, err
		}))
		return err
	})
	raw, err := rt.Await(w.ln.AcceptConn())
	if err != nil {
		return err
	}
	c := w.served(raw)
	reader := rt.Spawn0(func() error {
		for buf := make([]byte, 16<<10); ; {
			n, err := rt.Await(c.Read(buf))
			w.read += n
			if err != nil {
				return err
			}
		}
	})
	for w.read == 0 && !reader.Done() {
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
	}
	err = test()
	c.Close()
	rt.Await(reader.Wait()) // it was closed
	rt.Await(sender.Wait()) // that was reset
	return err
}

// served returns what the server's end of a connection is read from.
func (w *chattyWorld) served(raw *poll.Conn) io.ReadWriteCloser {
	if w.network == "tls" {
		return tlspoll.Server(raw, hostile.Config())
	}
	return raw
}

// pair returns both ends of another connection, after the handshake if it has one.
func (w *chattyWorld) pair() (client, server io.ReadWriteCloser, err error) {
	a, err := rt.Await(poll.Dial(w.ln.Addr().Network(), w.ln.Addr().String()))
	if err != nil {
		return nil, nil, err
	}
	b, err := rt.Await(w.ln.AcceptConn())
	if err != nil {
		a.Close()
		return nil, nil, err
	}
	if w.network != "tls" {
		return a, b, nil
	}
	c, s := tlspoll.Client(a, &tls.Config{InsecureSkipVerify: true}), tlspoll.Server(b, hostile.Config())
	return c, s, rt.Await0(rt.Gather0(c.Handshake, s.Handshake))
}

// echoOnce sends a byte to and fro.
func echoOnce(client, server io.ReadWriter) error {
	b := []byte{'x'}
	answer := rt.Spawn0(func() error {
		got := make([]byte, 1)
		if _, err := rt.Await(server.Read(got)); err != nil {
			return err
		}
		_, err := rt.Await(server.Write(got))
		return err
	})
	if _, err := rt.Await(client.Write(b)); err != nil {
		return err
	}
	if _, err := rt.Await(client.Read(b)); err != nil {
		return err
	}
	_, err := rt.Await(answer.Wait())
	return err
}

// perTurn is what may be read from one connection in a turn: what a fiber may move, and an operation that began before it had.
const perTurn = 256<<10 + 256<<10

// F17: beside a chatty peer the messages of many others go to and fro in a few turns of the loop each, and few bytes of the chatty one.
// That is so for all but one in a hundred: when a message arrives is the kernel's choice.
func TestF17_ChattyPeer(t *testing.T) {
	const rounds, most = 10, 10
	inChattyWorld(t, func(t *testing.T, w *chattyWorld) error {
		peers := 100
		if w.network == "tls" {
			peers = 10 // handshakes take long
		}
		var took, read []int // turns, and bytes of the chatty peer
		before := w.read
		var tasks []*rt.Task[struct{}]
		for range peers {
			client, server, err := w.pair()
			if err != nil {
				return err
			}
			defer client.Close()
			defer server.Close()
			tasks = append(tasks, rt.Spawn0(func() error {
				for range rounds {
					begin, bytes := turnsOf(t), w.read
					if err := echoOnce(client, server); err != nil {
						return err
					}
					took, read = append(took, turnsOf(t)-begin), append(read, w.read-bytes)
				}
				return nil
			}))
		}
		for _, task := range tasks {
			if _, err := rt.Await(task.Wait()); err != nil {
				return err
			}
		}
		slices.Sort(took)
		slices.Sort(read)
		p99 := len(took) * 99 / 100
		if took[p99] > most || read[p99] > most*perTurn {
			t.Errorf("one message of a hundred takes %d turns or %d bytes, or more; want %d and %d at most", took[p99], read[p99], most, most*perTurn)
		}
		if w.read == before {
			t.Error("the chatty peer starved")
		}
		return nil
	})
}

// turnsOf returns how many turns the loop has made that runs the caller.
func turnsOf(t *testing.T) int {
	stats, err := rt.RunningLoop().Stats(t.Context())
	if err != nil {
		t.Error(err)
	}
	return int(stats.Turns)
}

// F18: between two firings of a timer no more is read from the chatty peer than a fiber may in a turn, and a read.
func TestF18_TimersBesideAChattyPeer(t *testing.T) {
	const times = 300
	inChattyWorld(t, func(t *testing.T, w *chattyWorld) error {
		most := 0
		for range times {
			before := w.read
			if err := rt.Await0(rt.Sleep(time.Nanosecond)); err != nil {
				return err
			}
			most = max(most, w.read-before)
		}
		if most > perTurn {
			t.Errorf("%d bytes were read before a timer, want %d at most", most, perTurn)
		}
		return nil
	})
}

// F19: a callback that calls itself without end does not keep the loop from its sockets: both ends are served in each turn.
func TestF19_CallbacksWithoutEnd(t *testing.T) {
	const rounds, most = 50, 10
	inChattyWorld(t, func(t *testing.T, w *chattyWorld) error {
		client, server, err := w.pair()
		if err != nil {
			return err
		}
		defer client.Close()
		defer server.Close()
		loop, ended := rt.RunningLoop(), false
		defer func() { ended = true }()
		var again func()
		again = func() {
			if !ended {
				loop.CallSoon(again)
			}
		}
		again()
		begin := turnsOf(t)
		for range rounds {
			if err := echoOnce(client, server); err != nil {
				return err
			}
		}
		if n := turnsOf(t) - begin; n > rounds*most {
			t.Errorf("%d messages took %d turns, want %d each at most", rounds, n, most)
		}
		return nil
	})
}
