package rttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

// Scenario is one run of what Sweep, Shuffle and Explore repeat. The function that they are given makes everything anew that
// the run uses, adds tasks and says what holds at the end:
//
//	rttest.Sweep(t, func(s *rttest.Scenario) {
//		q, got := rt.NewQueue[int](1), 0
//		s.Go("put", putAsync(q))
//		s.Go("get", getAsync(q, &got))
//		s.Check(func() { … })
//	})
//
// It runs on the loop, as a callback. Sockets need UsePoller. What other goroutines do, as for rt.Blocking, has no place in it: nothing says when they
// are done, and no two runs would be alike. Its TB is the test's own, and says with each error in which run it came up.
//
// # Errors of tasks
//
// An error that a task returns is an error of the test, in every run that nothing disturbs: all of Shuffle and Explore, and the first
// of Sweep. Two are none: one that a Check has read, by Err, and is to judge; and the cancel of a task that the scenario has cancelled
// itself. In the runs that Sweep disturbs no error of a task is: beside the injected one and the cancel there is all that comes of
// them, such as the end of the connection that another task met, or an error that somebody made of the one he met, and which of these
// are right the scenario alone can say, in a Check. What tasks return that others have spawned is for those to look at.
type Scenario struct {
	testing.TB
	// Loop is what the tasks run on, as from NewLoop.
	Loop *rt.Loop
	// Clock is the loop's: fake, and at zero when the run begins.
	Clock *Clock

	poller  *Poller
	tasks   []*rt.Task[struct{}]
	names   []string
	numbers []string // of the tasks on the loop: Task-1
	read    map[*rt.Task[struct{}]]bool
	stuck   []string
	checks  []func()
	steps   int  // and waits, so far
	settled bool // what follows is no longer disturbed
}

// Go adds a task that runs aw. Dumps call it by name, too.
func (s *Scenario) Go(name string, aw rt.Awaitable[struct{}]) *rt.Task[struct{}] {
	return s.add(name, rt.SpawnOn(s.Loop, aw))
}

// GoPlain adds a plain task that runs f. Dumps call it by name, too.
func (s *Scenario) GoPlain(name string, f func() error) *rt.Task[struct{}] {
	return s.add(name, rt.Spawn0(f))
}

func (s *Scenario) add(name string, t *rt.Task[struct{}]) *rt.Task[struct{}] {
	s.tasks, s.names, s.numbers = append(s.tasks, t), append(s.names, name), append(s.numbers, t.Name())
	t.SetName(name)
	return t
}

// Check has f called when all tasks have ended. What several calls give is called in their order.
func (s *Scenario) Check(f func()) { s.checks = append(s.checks, f) }

// Err returns what task, which has ended, has returned. A Check calls it for a task that is to fail, or may, and says what is right;
// the run does not report the error then.
//
//	s.Check(func() {
//		if err := s.Err(get); err != nil && !errors.Is(err, rt.ErrClosed) {
//			s.Errorf("get: %v", err)
//		}
//	})
//
// In the disturbed runs of Sweep it may be ErrInjected or a cancel as well, or what task has made of them. If task has panicked, Err does.
func (s *Scenario) Err(task *rt.Task[struct{}]) error {
	if s.read == nil {
		s.read = make(map[*rt.Task[struct{}]]bool)
	}
	s.read[task] = true
	_, err := task.Result()
	return err
}

// Stuck are the names of the tasks, in the order in which they were added, that waited for what could not come any more, when all
// others had ended or did too. They were cancelled then, and have ended. In a run that nothing disturbs they are an error.
func (s *Scenario) Stuck() []string { return s.stuck }

// checkAll calls the checks. Then, also if one of them ends the test, it says which errors none of them has read: those may be why.
func (s *Scenario) checkAll(calm bool) {
	s.Helper()
	returned := false
	defer func() {
		if !returned && calm {
			fmt.Fprintln(s.Output(), strings.Join(s.unreadErrors(), "\n"))
		}
	}()
	for _, f := range s.checks {
		f()
	}
	returned = true
	if calm {
		for _, text := range s.unreadErrors() {
			s.Error(text)
		}
	}
}

// unreadErrors says what the tasks have returned that they should not, in a run that nothing has disturbed.
func (s *Scenario) unreadErrors() (texts []string) {
	for i, t := range s.tasks {
		if s.read[t] {
			continue
		}
		if err := errorOf(t); err != nil && (t.Canceling() == 0 || fails(err)) {
			texts = append(texts, fmt.Sprintf("rttest: task %q returned the error %q: if that is right, read it by Scenario.Err in a Check", s.names[i], err))
		}
	}
	return texts
}

// fails reports whether there is an error in err, of a task that was cancelled, that is no cancel.
func fails(err error) bool {
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), fails)
	case interface{ Unwrap() error }:
		if _, cancel := err.(*rt.Canceled); !cancel && e.Unwrap() != nil {
			return fails(e.Unwrap())
		}
	}
	return !errors.Is(err, context.Canceled)
}

// errorOf returns what t has returned; nil if it has not ended, which was reported, or panicked, which whoever awaited it has met.
func errorOf(t *rt.Task[struct{}]) (err error) {
	if !t.Done() {
		return nil
	}
	defer func() { recover() }()
	_, err = t.Result()
	return err
}

// does says what the i-th task does: in which state it is, at which await, and what it waits for.
func (s *Scenario) does(i int) string {
	snapshot, err := s.Loop.Snapshot(context.Background())
	if err != nil {
		return ""
	}
	at := slices.IndexFunc(snapshot.Tasks, func(t rt.TaskInfo) bool { return fmt.Sprint("Task-", t.Number) == s.numbers[i] })
	if at < 0 {
		return ""
	}
	t := &snapshot.Tasks[at]
	if len(t.Stack) == 0 && t.State == "ready" {
		return "ready to begin"
	}
	return strings.TrimPrefix(t.String(), t.Name+", ")
}

// errStuck is the cause of the cancel of a task that waits for what cannot come.
var errStuck = errors.New("rttest: cancelled, since nothing can happen any more that it waits for")
