//go:build linux

package poll

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
	"unsafe"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// TestF22_LoopsClockDecides: while the loop waits in epoll, by the machine's clock, that of the loop decides: it may stand still for many of
// these waits, or jump ahead in one.
func TestF22_LoopsClockDecides(t *testing.T) {
	const short, long = time.Millisecond, 1000 * time.Hour
	for by, limit := range map[string]func(c *Conn, d time.Duration) error{
		"Timeout0": func(c *Conn, d time.Duration) error {
			return rt.Await0(rt.Timeout0(d, func() error { return readByte(c) }))
		},
		"a deadline of the socket": func(c *Conn, d time.Duration) error {
			c.SetReadDeadline(rt.Now().Add(d))
			return readByte(c)
		},
	} {
		t.Run(by, func(t *testing.T) {
			c, _ := connPair(t)
			clock, waits := new(rttest.Clock), 0
			runBy(t, clock, func() error {
				loop := rt.RunningLoop()
				loop.SetTrace(func(e rt.TraceEvent) {
					if e.Kind != rt.TraceWait {
						return
					}
					switch waits++; waits {
					case 5:
						clock.Advance(short)
					case 6:
						go func() {
							clock.Advance(long)
							loop.Post(func() {})
						}()
					}
				})
				err := limit(c, short)
				if !isLate(err) || waits != 5 {
					t.Errorf("%v has ended in wait %d of the loop, want the 5th: %v", short, waits, err)
				}
				if err := limit(c, long); !isLate(err) || waits != 6 {
					t.Errorf("%v has ended in wait %d of the loop, want the 6th: %v", long, waits, err)
				}
				return nil
			})
		})
	}
}

func readByte(c *Conn) error {
	_, err := rt.Await(c.Read(make([]byte, 1)))
	return err
}

// isLate reports whether err is of a deadline, of a scope or a socket.
func isLate(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
}

// TestF22_WallClockIsSet: a deadline is that of the monotonic clock, if its time has one, however the clock of the wall was set since.
func TestF22_WallClockIsSet(t *testing.T) {
	for _, by := range []time.Duration{-1000 * time.Hour, 1000 * time.Hour} {
		overNetworks(t, func(t *testing.T, network string) {
			inBothForms(t, func(t *testing.T) error {
				c, peer := pairOver(t, network)
				c.SetReadDeadline(afterSetting(t, time.Now().Add(time.Millisecond), by))
				_, err := rt.Await(c.Read(make([]byte, 1)))
				wantTimeout(t, "Read", err)
				c.SetReadDeadline(afterSetting(t, time.Now().Add(time.Hour), by))
				peer.Write([]byte("x"))
				_, err = rt.Await(c.Read(make([]byte, 1)))
				return err
			})
		})
	}
}

// afterSetting returns time t as it is had the clock of the wall been set meanwhile: of its two readings only that one is another.
func afterSetting(t testing.TB, at time.Time, by time.Duration) time.Time {
	t.Helper()
	set := at
	*(*uint64)(unsafe.Pointer(&set)) += uint64(by/time.Second) << 30 // its first word has a flag, 33 bits of seconds, 30 of nanoseconds
	if set.Sub(at) != 0 || set.Round(0).Sub(at.Round(0)) != by {
		t.Fatalf("time.Time is no longer made as this test has it: %v and %v", at, set)
	}
	return set
}
