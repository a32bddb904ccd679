package rt

import (
	"context"
	"slices"
	"time"
)

// Snapshot is what the tasks of a loop did at one moment.
type Snapshot struct {
	// Time is that moment on the loop's clock.
	Time time.Duration `json:"time"`
	// Tasks are all tasks that have not ended, also the functions of a Gather, a Map or a Nursery (statements 075, 250). Those of
	// one scope stand in the order in which they entered it.
	Tasks []TaskInfo `json:"tasks"`
	// Cycles are tasks that wait for each other in a circle, and so for ever: each awaits the next, and the last the first. They
	// are numbers of tasks. One that any of several can let go on (Select, Race, Wait for the first) stands in some only if all of
	// these wait for ever.
	Cycles [][]uint64 `json:"cycles,omitempty"`
}

// TaskInfo is what one task does.
type TaskInfo struct {
	// Number tells the task from the others of its loop; it is the N of Task-N.
	Number uint64 `json:"number"`
	// Name is what SetName was given, or Task-N.
	Name string `json:"name"`
	// State is "ready", "running" or "waiting".
	State string `json:"state"`
	// Age is the time since it was spawned, on the loop's clock. It is known in debug mode alone, else 0: reading the clock would
	// make spawning slower.
	Age time.Duration `json:"age,omitempty"`
	// Spawned is where it was spawned, in debug mode.
	Spawned string `json:"spawned,omitempty"`
	// Canceled says that the task is to end: its awaits fail, but for those under a shield.
	Canceled bool `json:"canceled,omitempty"`
	// Stack are the functions that await each other, innermost first (statement 074).
	Stack []Call `json:"stack"`
	// Waiting is what the innermost one waits for; nil unless State is "waiting".
	Waiting *Waiting `json:"waiting,omitempty"`
	// Awaits are the numbers of the tasks whose progress would end that wait, AwaitedBy the other way round (statement 249).
	Awaits    []uint64 `json:"awaits,omitempty"`
	AwaitedBy []uint64 `json:"awaited_by,omitempty"`
}

// Call is one function in the stack of a task.
type Call struct {
	// Func is the function with the name of its package: main.fetch. A method is called by its type and name without a dot
	// between, main.clientFetch, as the generated coroutine is.
	Func string `json:"func"`
	// Position is the file and line of the await at which the function is suspended: fetch.go:12; that of the function itself if
	// it runs or has not begun, or "" if it is one of a library.
	Position string `json:"position,omitempty"`
}

// Snapshot returns what the tasks of l do. It may be called from anywhere: on the loop, also in a plain task, it looks at once;
// other goroutines wait for the loop's turn, for ctx to end, which its error says, or for the loop to close, then with
// ErrLoopClosed. A loop whose code blocks answers when that has gone on.
//
// It costs nothing until it is called. Then it is linear in the number of tasks and the length of their stacks; with plain tasks
// it stops the program for a moment, to look at their goroutines.
func (l *Loop) Snapshot(ctx context.Context) (*Snapshot, error) { return askOf(ctx, l, l.snapshot) }

// snapshot is Snapshot on the loop's goroutine, or while it waits for that of a plain task.
func (l *Loop) snapshot() *Snapshot {
	s := &Snapshot{Time: l.clock.Now()}
	plain := new(goroutineStacks)
	at := make(map[uint64]int)
	l.root.eachFiber(func(fb *Fiber) {
		at[fb.noted().number] = len(s.Tasks)
		s.Tasks = append(s.Tasks, fb.info(plain))
	})
	for _, t := range s.Tasks {
		for _, n := range t.Awaits {
			if i, ok := at[n]; ok {
				s.Tasks[i].AwaitedBy = append(s.Tasks[i].AwaitedBy, t.Number)
			}
		}
	}
	s.Cycles = newCircles(s.Tasks, at).find()
	return s
}

// The states of a task that has not ended.
const (
	taskReady   = "ready"   // it will run in its turn
	taskRunning = "running" // its code is on the stack
	taskWaiting = "waiting" // for what Waiting says
)

// info describes fb; if it has a goroutine, that is looked up in plain, unless this is nil.
func (fb *Fiber) info(plain *goroutineStacks) TaskInfo {
	t := TaskInfo{Number: fb.noted().number, Name: fb.Name(), State: fb.state(), Canceled: fb.interrupted()}
	if n := fb.noted(); n.timed {
		t.Age, t.Spawned = fb.loop.clock.Now()-n.born, n.made
	}
	for co := range fb.calls {
		t.Stack = append(t.Stack, callsOf(co, plain)...)
	}
	if t.State == taskWaiting {
		w := fb.waiting()
		t.Waiting = &w
		for _, other := range w.For {
			t.Awaits = append(t.Awaits, other.noted().number)
		}
	}
	return t
}

func (fb *Fiber) state() string {
	switch {
	case fb.flags&fiberQueued != 0:
		return taskReady
	case fb.wait != nil:
		return taskWaiting
	}
	return taskRunning
}

// waiting says what fb waits for, which is something.
func (fb *Fiber) waiting() Waiting {
	if d, ok := fb.wait.(Describer); ok {
		return d.Describe()
	}
	return Waiting{What: shortType(fb.wait)}
}

// describe is one line about what fb, which has not ended, does.
func (fb *Fiber) describe() string {
	t := fb.info(nil)
	return t.does()
}

// String is one line: which task it is, and what it does.
func (t *TaskInfo) String() string { return t.Name + ", " + t.does() }

// does is one line about what the task does.
func (t *TaskInfo) does() string {
	text := t.State
	if i := slices.IndexFunc(t.Stack, func(c Call) bool { return c.Position != "" }); i >= 0 {
		text += " in " + t.Stack[i].String()
	}
	if t.Waiting != nil {
		text += " for " + t.Waiting.String()
	}
	return text
}
