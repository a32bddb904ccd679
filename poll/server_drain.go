//go:build linux

package poll

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/goasync/goasync/rt"
)

// drain gives the handlers their grace, and cancels those that are left.
//
//async:func
func (v *serving) drain(g *rt.Group) error {
	if v.count == 0 || v.Grace < 0 {
		return nil // g waits for them
	}
	expired, err := rt.Await(rt.MoveOn0(v.Grace, func() error { return rt.Await0(v.idle.Wait()) }))
	if !expired || v.count == 0 {
		return err
	}
	if v.Grace > 0 {
		v.survivors = newSurvivorsError(v.Grace, v.first, g.Tasks())
	}
	g.Cancel(errGrace)
	return rt.Await0(rt.Shield0(func() error { return rt.Await0(v.outlast(g)) })) // of that cancel
}

// errGrace is why handlers are cancelled.
var errGrace = errors.New("poll: the server has ended, and the grace of its handlers is over")

// leastPatience is how long handlers that were cancelled have at least until it is reported that they do not end.
const leastPatience = time.Second

// outlast waits for the handlers, which were cancelled, and reports those that do not end.
//
//async:func
func (v *serving) outlast(g *rt.Group) error {
	patience := max(v.Grace, leastPatience)
	expired, err := rt.Await(rt.MoveOn0(patience, func() error { return rt.Await0(v.idle.Wait()) }))
	if expired && v.count > 0 {
		v.report(nil, newSurvivorsError(v.Grace+patience, v.first, g.Tasks()))
	}
	return err
}

// A SurvivorsError is what Serve returns about handlers that had to be cancelled since they had not ended by themselves, and what OnError is
// told about those that do not end after that either.
type SurvivorsError struct {
	Grace time.Duration // that they have had, since accepting ended
	Peers []net.Addr    // of their connections
	Tasks []rt.TaskInfo // what they did
}

func newSurvivorsError(grace time.Duration, first *served, tasks []rt.TaskInfo) *SurvivorsError {
	e := &SurvivorsError{Grace: grace, Tasks: tasks}
	for s := first; s != nil; s = s.next {
		e.Peers = append(e.Peers, s.c.RemoteAddr())
	}
	slices.SortFunc(e.Peers, func(a, b net.Addr) int { return strings.Compare(a.String(), b.String()) })
	return e
}

// maxNamed is how many survivors the message names.
const maxNamed = 10

// Error says how many handlers there were, and where they were.
func (e *SurvivorsError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "poll: handlers cancelled that had not ended %v after their server: %d", e.Grace, len(e.Tasks))
	for i := range e.Tasks {
		if i == maxNamed {
			fmt.Fprintf(&b, "; and %d more", len(e.Tasks)-i)
			break
		}
		fmt.Fprintf(&b, "; %v", &e.Tasks[i])
	}
	return b.String()
}
