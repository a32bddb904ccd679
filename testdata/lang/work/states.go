package work

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type state int

const (
	idle state = iota
	connecting
	greeting
	ready
	closing
)

func (s state) String() string {
	return [...]string{"idle", "connecting", "greeting", "ready", "closing"}[s]
}

// StatesSwitch is a state machine in a loop, with a switch in it.
//
// async
func StatesSwitch(w *harness.World) (trace string, err error) {
	tries, sent := 0, 0
	for s, prev := idle, closing; ; {
		if s != prev {
			trace += s.String()[:1]
			prev = s
		}
		switch s {
		case idle:
			s = connecting
		case connecting:
			if err := rt.Await0(w.Do("dial")); err != nil {
				if tries++; tries == 3 {
					s = closing
				}
				continue
			}
			s++
		case greeting:
			switch v, err := rt.Await(w.Get(220)); {
			case err != nil:
				s = connecting
				if tries++; tries >= 3 {
					s = closing
				}
			case v == 220:
				s = ready
			}
		case ready:
			if sent == 2 {
				s = closing
				break
			}
			if rt.Await0(w.Do("send")) == nil {
				sent++
			} else if s = greeting; tries > 1 {
				return trace, errors.New("too many")
			}
		case closing:
			return fmt.Sprint(trace, tries, sent), rt.Await0(w.Do("quit"))
		}
	}
}

// StatesGoto is the same with labels as states.
//
// async
func StatesGoto(w *harness.World) (trace string, err error) {
	tries := 0

dial:
	trace += "d"
	if tries++; tries > 3 {
		goto fail
	}
	if err = rt.Await0(w.Do("dial")); err != nil {
		goto dial
	}
	for i := 0; i < 2; i++ {
		trace += "s"
		v, err := rt.Await(w.Get(i))
		if err != nil {
			goto dial
		}
		if v == 1 {
			goto done
		}
	}

done:
	trace += "x"
	if err = rt.Await0(w.Do("quit")); err != nil {
		goto fail
	}
	return trace, nil

fail:
	return trace + "f", fmt.Errorf("after %d: %w", tries, err)
}

type machine struct {
	w     *harness.World
	trace string
	left  int
}

type step func(m *machine) step

// StatesFuncs has functions that return the next one; the awaits are between
// them.
//
// async
func StatesFuncs(w *harness.World) (string, error) {
	m := &machine{w: w, left: 5}
	var even, odd step
	even = func(m *machine) step {
		if m.trace += "e"; m.left%2 == 0 {
			return even
		}
		return odd
	}
	odd = func(m *machine) step {
		if m.trace += "o"; m.left == 0 {
			return nil
		}
		return even
	}
	for next := even; next != nil && m.left >= 0; next = next(m) {
		if rt.Await0(w.Do("step")) != nil {
			m.left--
		}
		m.left--
	}
	return m.trace, nil
}

type event struct {
	name string
	n    int
}

// StatesEvents handles events, of which handling makes more.
//
// async
func StatesEvents(w *harness.World) (s string, err error) {
	queue := []event{{"open", 1}, {"data", 2}, {"close", 0}}
	open := false
	defer func() { s += fmt.Sprint(open, len(queue)) }()
	for i := 0; i < len(queue) && i < 12; i++ {
		switch e := queue[i]; e.name {
		default:
			s += "? "
		case "open":
			open = true
			queue = append(queue, event{"data", num(rt.Await(w.Get(e.n)))})
		case "data":
			if !open {
				return s, fmt.Errorf("data %d while closed", e.n)
			}
			if v, err := rt.Await(w.Get(e.n * 10)); err != nil {
				queue = append(queue, event{"close", i}, event{name: "late"})
			} else if s += fmt.Sprint(v, " "); v > 10 {
				queue = append(queue, event{"open", 0})
			}
		case "close":
			if open = false; e.n > 1 {
				break
			}
			s += "closed "
			open = rt.Await0(w.Do("reopen")) == nil
		}
	}
	return s, nil
}

// StatesLights steps through values of a type by a table of maps.
//
// async
func StatesLights(w *harness.World) (s string, err error) {
	next := map[state]map[bool]state{
		idle:       {true: connecting, false: idle},
		connecting: {true: ready, false: idle},
		ready:      {false: closing, true: ready},
		closing:    {true: idle, false: closing},
	}
	at := idle
	for range 6 {
		at = next[at][rt.Await0(w.Do(at.String())) == nil && (at != ready || num(rt.Await(w.Get(1))) == 0)]
		s += at.String()[:2] + " "
	}
	return s, nil
}
