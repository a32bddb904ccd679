//go:build linux

package poll

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// receives reads from f until its end, and adds how much to got. If it loses, it does so behind another await, where what it has read is lost.
func receives(f *File, loses bool, got *int) error {
	for buf := make([]byte, 2); ; {
		n, err := rt.Await(f.Read(buf))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if loses {
			if err := rt.Await0(rt.Sleep(time.Second)); err != nil {
				return err
			}
		}
		*got += n
	}
}

// sendsAndReceives has one task send five bytes, in three pieces with minutes between them, and another one receive them.
func sendsAndReceives(s *rttest.Scenario, loses bool) {
	rttest.UsePoller(s, s.Loop, NewPoller)
	a, b := socketFiles(s)
	sent, got := 0, 0
	s.GoPlain("receive", func() error { return receives(b, loses, &got) })
	s.GoPlain("send", func() error {
		defer a.Close()
		for _, piece := range []string{"ab", "c", "de"} {
			n, err := rt.Await(a.Write([]byte(piece)))
			sent += n
			if err != nil {
				return err
			}
			if err := rt.Await0(rt.Sleep(time.Minute)); err != nil {
				return err
			}
		}
		return nil
	})
	s.Check(func() {
		left, err := io.ReadAll(b)
		b.Close()
		if err != nil || sent != got+len(left) {
			s.Errorf("sent %d, received %d, %d left, %v", sent, got, len(left), err)
		}
	})
}

// A scenario whose tasks wait for sockets is swept, explored and shuffled. Each run takes minutes of the clock, and none of the test's.
func TestScenariosWithSockets(t *testing.T) {
	for name, repeat := range map[string]func(t testing.TB, scenario func(s *rttest.Scenario)){
		"Sweep":   rttest.Sweep,
		"Explore": func(t testing.TB, scenario func(s *rttest.Scenario)) { rttest.Explore(t, scenario) },
		"Shuffle": func(t testing.TB, scenario func(s *rttest.Scenario)) { rttest.Shuffle(t, 10, scenario) },
	} {
		t.Run(name, func(t *testing.T) {
			took := make(map[time.Duration]int)
			repeat(t, func(s *rttest.Scenario) {
				sendsAndReceives(s, false)
				s.Check(func() { took[s.Clock.Now()]++ })
			})
			// Who is disturbed ends sooner.
			if longest := slices.Max(slices.Collect(maps.Keys(took))); longest != 3*time.Minute || name != "Sweep" && len(took) != 1 {
				t.Errorf("runs by their length on the clock: %v", took)
			}
			if name == "Sweep" && len(took) < 3 {
				t.Errorf("the tasks were not met at each of their awaits: %v", took)
			}
		})
	}
}

// A sweep finds what a function that reads from a socket loses.
func TestSweepFindsWhatIsLostOfASocket(t *testing.T) {
	found := recording(t, func(t testing.TB) {
		rttest.Sweep(t, func(s *rttest.Scenario) { sendsAndReceives(s, true) })
	})
	if !strings.Contains(found.text, "sent 5, received 0, 3 left") {
		t.Errorf("of a function that loses what it has read the sweep says %q", found.text)
	}
}

// recording runs a test that is to fail, and returns what it says.
func recording(t *testing.T, test func(t testing.TB)) *recorder {
	r, done := &recorder{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		test(r)
	}()
	<-done
	return r
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	text string
}

func (r *recorder) Helper()                           {}
func (r *recorder) Log(args ...any)                   { r.text += fmt.Sprintln(args...) }
func (r *recorder) Error(args ...any)                 { r.Log(args...) }
func (r *recorder) Errorf(format string, args ...any) { r.Log(fmt.Sprintf(format, args...)) }
func (r *recorder) FailNow()                          { runtime.Goexit() }
func (r *recorder) Fatal(args ...any)                 { r.Log(args...); r.FailNow() }
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...); r.FailNow() }

// When tasks wait for sockets, and nothing comes, the clock jumps to the next timer; without one they wait for ever.
func TestClockJumpsBesideSockets(t *testing.T) {
	rttest.Explore(t, func(s *rttest.Scenario) {
		rttest.UsePoller(s, s.Loop, NewPoller)
		a, b := socketFiles(s)
		s.GoPlain("patient", func() error {
			defer a.Close()
			defer b.Close()
			_, err := rt.Await(rt.Timeout(time.Hour, func() (int, error) { return rt.Await(a.Read(make([]byte, 1))) }))
			if !errors.As(err, new(*rt.TimeoutError)) || s.Clock.Now() != time.Hour {
				s.Errorf("at %v it ended with %v", s.Clock.Now(), err)
			}
			return nil
		})
	})
	found := recording(t, func(t testing.TB) {
		rttest.Explore(t, func(s *rttest.Scenario) {
			rttest.UsePoller(s, s.Loop, NewPoller)
			a, _ := socketFiles(s)
			s.GoPlain("hopeful", func() error {
				_, err := rt.Await(a.Read(make([]byte, 1)))
				return err
			})
		})
	})
	if !strings.Contains(found.text, `tasks ["hopeful"] wait for ever`) {
		t.Errorf("of a task that waits for ever it is said %q", found.text)
	}
}

// The clock does not move while a socket is ready.
func TestClockStandsWhileASocketIsReady(t *testing.T) {
	rttest.Explore(t, func(s *rttest.Scenario) {
		rttest.UsePoller(s, s.Loop, NewPoller)
		a, b := socketFiles(s)
		var at []time.Duration
		s.GoPlain("receive", func() error {
			for buf := make([]byte, 1); ; at = append(at, s.Clock.Now()) {
				if _, err := rt.Await(b.Read(buf)); err != nil {
					b.Close()
					if err != io.EOF {
						return err
					}
					return nil
				}
			}
		})
		s.GoPlain("send", func() error {
			defer a.Close()
			for range 3 {
				if _, err := rt.Await(a.Write([]byte("x"))); err != nil {
					return err
				}
				if err := rt.Await0(rt.Sleep(time.Minute)); err != nil {
					return err
				}
			}
			return nil
		})
		s.Check(func() {
			if want := []time.Duration{0, time.Minute, 2 * time.Minute}; !slices.Equal(at, want) {
				s.Errorf("received at %v, want %v", at, want)
			}
		})
	})
}

// Outside of scenarios the loop of a test waits in earnest for a socket if there is no timer.
func TestFakeClockWaitsForASocket(t *testing.T) {
	loop, clock := rttest.NewLoop(t)
	rttest.UsePoller(t, loop, NewPoller)
	a, b := socketFiles(t)
	loop.CallSoon(func() {
		task := rt.Spawn0(func() error {
			defer loop.Stop()
			go b.Write([]byte("x"))
			_, err := rt.Await(a.Read(make([]byte, 1)))
			return err
		})
		task.SetName("reads")
	})
	within(t, "the loop", func() {
		if err := loop.Run(); err != nil {
			t.Error(err)
		}
	})
	if clock.Now() != 0 || loop.Tasks() != 0 {
		t.Errorf("at %v there are %d tasks", clock.Now(), loop.Tasks())
	}
}
