package rt

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// notes is what is known of a task only if somebody asks for it. It hangs from fiberExtra, so that a task which nobody looks at
// costs nothing for it.
type notes struct {
	number uint64 // on its loop, from 1; 0: not given yet
	name   string // "" for the default

	// In debug mode.
	made  string        // where it was spawned
	born  time.Duration // when
	timed bool          // born is known
}

// noted returns fb's notes. The number is given when it is first asked for, which keeps spawning free of it.
func (fb *Fiber) noted() *notes {
	n := fb.notes()
	if n.number == 0 && fb.loop != nil {
		fb.loop.numbered++
		n.number = fb.loop.numbered
	}
	return n
}

// notes is noted for who does not ask for the number, as debug mode when it notes a spawn: so tasks have the same names in it.
func (fb *Fiber) notes() *notes {
	x := fb.more()
	if x.notes == nil {
		x.notes = new(notes)
	}
	return x.notes
}

// Name returns the task's name: what SetName was given, or else Task-1, Task-2 and so on, numbered on each loop in the order in
// which they are first asked for (statement 071). A coroutine that is driven by hand has no number and is called Hand. It belongs
// to the loop's goroutine.
func (fb *Fiber) Name() string {
	n := fb.noted()
	switch {
	case n.name != "":
		return n.name
	case n.number == 0:
		return "Hand"
	}
	return "Task-" + strconv.FormatUint(n.number, 10)
}

// SetName gives the task a name for dumps, which need not be the only one of its kind; "" is the default again.
func (fb *Fiber) SetName(name string) { fb.noted().name = name }

// Name returns the task's name; see Fiber.Name.
func (t *Task[T]) Name() string { return t.runs.Name() }

// SetName gives the task a name for dumps; see Fiber.SetName.
func (t *Task[T]) SetName(name string) { t.runs.SetName(name) }

// String describes the task in a line: its name, where it stands and what it waits for, or how it has ended (statement 058).
func (t *Task[T]) String() string {
	name := t.Name()
	if !t.Done() {
		return name + ": " + t.runs.describe()
	}
	if x := t.failure(); x != nil {
		return name + ": failed: " + x.describe()
	}
	return name + ": " + describeResult(t.Result())
}

// String describes the future in a line: how many wait for it, or what came of it (statement 058).
func (f *Future[T]) String() string {
	switch f.state {
	case futurePending:
		if n := f.line.length(); n > 0 {
			return fmt.Sprintf("future: pending, %d waiting", n)
		}
		return "future: pending"
	}
	return "future: " + describeResult(f.value, f.err)
}

// describeResult is one line about what a task or a future came to.
func describeResult[T any](v T, err error) string {
	switch {
	case err != nil && errors.Is(err, context.Canceled):
		return "cancelled: " + shorten(err.Error())
	case err != nil:
		return "failed: " + shorten(err.Error())
	}
	return "done: " + shorten(fmt.Sprintf("%v", v))
}

// maxShown is how much of a value String shows, in runes.
const maxShown = 60

func shorten(text string) string {
	n := 0
	for i := range text {
		if n++; n > maxShown {
			return text[:i] + "…"
		}
	}
	return text
}
