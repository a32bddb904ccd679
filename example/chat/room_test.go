package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"github.com/goasync/goasync/testdata/programs"
)

// A world is a room on a loop whose clock stands still, and what happens in it.
type world struct {
	*testing.T
	room    *room
	ln      *poll.Listener
	clock   *rttest.Clock
	reports []error
	ended   error // what the server returned
}

// both has a script run beside a server, in both forms. Nothing may be left behind.
func both(t *testing.T, limits limits, plain func(w *world) error, generated func(w *world) rt.Awaitable[struct{}]) {
	t.Helper()
	form := func(run func(w *world, opts rt.RunOptions) error) func(io.Writer) error {
		return func(io.Writer) error {
			w := newWorld(t, limits)
			err := run(w, rt.RunOptions{Loop: rt.LoopOptions{Clock: w.clock}})
			if n := len(w.room.members); n > 0 {
				t.Errorf("%d members are left", n)
			}
			return err
		}
	}
	programs.Check(t, "",
		form(func(w *world, opts rt.RunOptions) error {
			return rt.RunWith0(opts, func() error { return w.run(plain) })
		}),
		form(func(w *world, opts rt.RunOptions) error { return rt.RunAsyncWith0(opts, w.runAsync(generated)) }))
}

func newWorld(t *testing.T, limits limits) *world {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, room: &room{limits: limits}, ln: ln, clock: new(rttest.Clock)}
	w.room.report = func(_ *poll.Conn, err error) { w.reports = append(w.reports, err) }
	return w
}

// run has the script run beside a server, which ends after it.
//
//async:func
func (w *world) run(script func(w *world) error) error {
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		defer w.ln.Close()
		g.Go(func() error {
			w.ended = rt.Await0(w.room.serve(w.ln))
			return nil
		})
		return rt.Await0(script(w))
	}))
}

// addr is where the room is.
func (w *world) addr() string { return w.ln.Addr().String() }

// until lets the others run until done reports true.
//
//async:func
func (w *world) until(done func() bool) error {
	for !done() {
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
	}
	return nil
}

// hears has c hear the lines, and fails if it hears anything else.
//
//async:func
func hears(c *client, lines ...string) error {
	for _, want := range lines {
		got, err := rt.Await(c.in.ReadLine())
		if err != nil {
			return fmt.Errorf("%s was to hear %q: %w", c.name, want, err)
		}
		if string(got) != want {
			return fmt.Errorf("%s heard %q, want %q", c.name, got, want)
		}
	}
	return nil
}

// Who does what the room does not allow is told why it has to go.
func TestDismissals(t *testing.T) {
	both(t, defaults, dismissals, dismissalsAsync)
}

//async:func
func dismissals(w *world) error {
	ann, err := rt.Await(join(w.addr(), "Ann"))
	if err != nil {
		return err
	}
	defer ann.conn.Close()
	for name, why := range map[string]dismissal{
		"":                          noName,
		"\x1b[2J":                   noName,
		strings.Repeat("x", 17):     noName,
		"Ann":                       taken,
		strings.Repeat("x", 10_000): tooLong,
	} {
		c, err := rt.Await(dial(w.addr()))
		if err != nil {
			return err
		}
		defer c.conn.Close()
		if err := rt.Await0(c.say(name)); err != nil {
			return err
		}
		if err := rt.Await0(hears(c, "* goodbye: "+string(why))); err != nil {
			return err
		}
	}
	if err := rt.Await0(ann.say("I \x1b[2J \u00e0 3\r")); err != nil {
		return err
	}
	return rt.Await0(hears(ann, "Ann: I [2J \u00e0 3"))
}

// Of two members the one that says nothing has to go, and the other one is told.
func TestSilence(t *testing.T) {
	both(t, defaults, silence, silenceAsync)
}

//async:func
func silence(w *world) error {
	both, err := rt.Await(joinAll(w.addr(), "Ann", "Ben"))
	defer closeAll(both)
	if err != nil {
		return err
	}
	ann, ben := both[0], both[1]
	w.clock.Advance(w.room.silence - 1)
	if err := rt.Await0(ann.say("well")); err != nil {
		return err
	}
	if err := rt.Await0(hears(ann, "* Ben is here", "Ann: well")); err != nil {
		return err
	}
	w.clock.Advance(1)
	if err := rt.Await0(hears(ben, "Ann: well", "* goodbye: silent for too long")); err != nil {
		return err
	}
	return rt.Await0(hears(ann, "* Ben had to go: silent for too long"))
}

// A member that never listens is put out of the room at once, and what it says is not passed on. Its connection is closed when the room's
// patience is over.
func TestDeaf(t *testing.T) {
	limits := defaults
	limits.line, limits.backlog = 64<<10, 4
	limits.silence = 1000 * time.Hour
	both(t, limits, deaf, deafAsync)
}

//async:func
func deaf(w *world) error {
	both, err := rt.Await(joinAll(w.addr(), "Ann", "Ben"))
	defer closeAll(both)
	if err != nil {
		return err
	}
	ann, ben := both[0], both[1]
	if err := rt.Await0(hears(ann, "* Ben is here")); err != nil {
		return err
	}
	verdict, err := rt.Await(ann.sayUntil(strings.Repeat("again ", 10_000), "* Ben had"))
	if err != nil {
		return err
	}
	if want := "* Ben had to go: too slow to listen"; verdict != want {
		w.Errorf("Ann heard %.100q, want %q", verdict, want)
	}
	if err := rt.Await0(ben.say("wait")); err != nil {
		return err
	}
	if err := rt.Await0(w.until(func() bool {
		w.clock.Advance(w.room.patience)
		return slices.Contains(w.reports, error(tooSlow))
	})); err != nil {
		return err
	}
	if err := rt.Await0(ann.say("well")); err != nil {
		return err
	}
	return rt.Await0(hears(ann, "Ann: well"))
}

// A member that has to go while a line is half way to it hears nothing behind that half: it is no line of its own that it would end.
func TestHalfALine(t *testing.T) {
	limits := defaults
	limits.line = 1 << 20
	limits.patience = time.Hour
	both(t, limits, halfALine, halfALineAsync)
}

//async:func
func halfALine(w *world) error {
	both, err := rt.Await(joinAll(w.addr(), "Ann", "Ben"))
	defer closeAll(both)
	if err != nil {
		return err
	}
	ann, ben := both[0], both[1]
	if err := rt.Await0(hears(ann, "* Ben is here")); err != nil {
		return err
	}
	for _, c := range both {
		c.in = poll.NewReaderLimit(c.conn, w.room.line)
	}
	story := strings.Repeat("again ", 100_000) // more than the system stores for Ben
	if err := rt.Await0(ann.say(story)); err != nil {
		return err
	}
	if err := rt.Await0(hears(ann, "Ann: "+story)); err != nil {
		return err
	}
	w.clock.Advance(w.room.silence - 1)
	if err := rt.Await0(ann.say("well")); err != nil {
		return err
	}
	if err := rt.Await0(hears(ann, "Ann: well")); err != nil {
		return err
	}
	w.clock.Advance(1)
	if err := rt.Await0(hears(ann, "* Ben had to go: silent for too long")); err != nil {
		return err
	}
	if line, err := rt.Await(ben.in.ReadLine()); !errors.Is(err, syscall.ECONNRESET) {
		w.Errorf("Ben heard %.20q…%q, %v, want a reset", line, line[max(0, len(line)-40):], err)
	}
	return nil
}

// When the room closes, members that listen hear what was said before, and those that do not are cut off after the grace.
func TestClose(t *testing.T) {
	limits := defaults
	limits.line, limits.backlog = 64<<10, 4
	limits.patience = time.Hour
	both(t, limits, closes, closesAsync)
}

//async:func
func closes(w *world) error {
	all, err := rt.Await(joinAll(w.addr(), "Ann", "Ben"))
	defer closeAll(all)
	if err != nil {
		return err
	}
	if _, err := rt.Await(all[0].sayUntil(strings.Repeat("again ", 10_000), "* Ben had")); err != nil {
		return err
	}
	guest, err := rt.Await(dial(w.addr()))
	if err != nil {
		return err
	}
	defer guest.conn.Close()
	if err := rt.Await0(all[0].say("the end")); err != nil {
		return err
	}
	if err := rt.Await0(w.until(func() bool { return len(w.room.members) == 2 })); err != nil {
		return err
	}
	if err := rt.Await0(hears(guest, "Ann: the end")); err != nil {
		return err
	}
	w.ln.Close()
	for _, c := range []*client{all[0], guest} {
		if last, err := rt.Await(c.lastLine()); err != nil || last != "* goodbye: the room is closed" {
			return fmt.Errorf("the last line that %q heard was %.100q, %v", c.name, last, err)
		}
	}
	w.clock.Advance(w.room.grace)
	if err := rt.Await0(w.until(func() bool { return w.ended != nil })); err != nil {
		return err
	}
	if cut, ok := errors.AsType[*poll.SurvivorsError](w.ended); !ok || len(cut.Peers) != 1 {
		w.Errorf("the server returned %v, want Ben as the one survivor", w.ended)
	}
	return nil
}

// Who comes when the room is closed, and the server has not ended, is not asked for a name.
func TestLate(t *testing.T) {
	both(t, defaults, late, lateAsync)
}

//async:func
func late(w *world) error {
	w.room.close()
	if _, err := rt.Await(dial(w.addr())); err != io.EOF {
		w.Errorf("the room answered with %v, want io.EOF", err)
	}
	return nil
}

// While there are as many clients as are allowed, the next one waits.
func TestClients(t *testing.T) {
	limits := defaults
	limits.clients = 1
	both(t, limits, clients, clientsAsync)
}

//async:func
func clients(w *world) error {
	ann, err := rt.Await(join(w.addr(), "Ann"))
	if err != nil {
		return err
	}
	defer ann.conn.Close()
	next := rt.Spawn(func() (*client, error) { return rt.Await(join(w.addr(), "Ann")) })
	if err := rt.Await0(ann.say("nobody is here")); err != nil {
		return err
	}
	if err := rt.Await0(hears(ann, "Ann: nobody is here")); err != nil {
		return err
	}
	if w.room.served != 1 {
		w.Errorf("%d clients were served beside each other", w.room.served)
	}
	ann.conn.Close()
	c, err := rt.Await(next.Wait())
	if err != nil {
		return err
	}
	return c.conn.Close()
}
