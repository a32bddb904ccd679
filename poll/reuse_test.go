//go:build linux

package poll

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// TestF13_NumbersAreReusedUnderLoad: connections come and go, so that numbers are used again all the time, while goroutines close them
// and set deadlines at any moment. No byte may reach another connection than its own.
func TestF13_NumbersAreReusedUnderLoad(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		const lanes, rounds = 8, 100
		ln := listenOver(t, network)
		var others sync.WaitGroup
		run(t, func() error {
			server := rt.Spawn0(func() error {
				for {
					c, err := rt.Await(ln.AcceptConn())
					if err != nil {
						return nil
					}
					rt.Spawn0(func() error {
						echo(c) // ends when the client closes, with whatever error
						return nil
					})
				}
			})
			lane := func(tag byte) error {
				for n := range rounds {
					c, err := rt.Await(dialTo(ln))
					if err != nil {
						return err
					}
					mark := []byte{tag, byte(n)}
					others.Go(func() { // a foreign goroutine
						if rand.IntN(2) == 0 {
							c.SetDeadline(time.Now())
						}
						if rand.IntN(2) == 0 {
							c.Close()
						}
					})
					for range 3 {
						if _, err := rt.Await(c.Write(mark)); err != nil {
							break
						}
						got := make([]byte, 2)
						k, err := rt.Await(c.Read(got))
						if err != nil {
							break
						}
						if k != 2 || [2]byte(got) != [2]byte(mark) {
							t.Errorf("connection %v received %v", mark, got[:k])
						}
					}
					c.Close()
				}
				return nil
			}
			var tasks []*rt.Task[struct{}]
			for i := range lanes {
				tasks = append(tasks, rt.Spawn0(func() error { return lane(byte(i)) }))
			}
			for _, task := range tasks {
				if _, err := rt.Await(task.Wait()); err != nil {
					return err
				}
			}
			ln.Close()
			_, err := rt.Await(server.Wait())
			return err
		})
		others.Wait()
	})
}

// TestMixedForms: a goroutine that blocks and a task that awaits read the same connection; each byte reaches one of them.
func TestMixedForms(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		const size = 20000
		go func() {
			defer peer.Close()
			for range size {
				peer.Write([]byte{1})
			}
		}()
		drain := func(read func([]byte) (int, error)) (total int) {
			b := make([]byte, 7)
			for {
				n, err := read(b)
				if total += n; err != nil {
					return total
				}
			}
		}
		run(t, func() error {
			blocking := rt.Spawn(func() (int, error) {
				return rt.Await(rt.Blocking(func(context.Context) (int, error) { return drain(c.Read), nil }))
			})
			awaited := drain(func(b []byte) (int, error) { return rt.Await(c.Read(b)) })
			blocked, err := rt.Await(blocking.Wait())
			if awaited+blocked != size {
				t.Errorf("%d and %d bytes were read, want %d together", awaited, blocked, size)
			}
			return err
		})
	})
}
