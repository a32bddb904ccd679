package rt

// TaskHandle is a task as others may have it, who do not know what it returns: it can be cancelled, named and asked for its state. It
// is comparable: a task has one. Its methods belong to the loop's goroutine.
//
// The functions of a Nursery, a Gather, a Map or a Race are tasks, too, whom nobody else has a handle of until they pass on their own. A
// cancel of one is as statement 139 has it: it is no error of a Nursery, and the others go on.
type TaskHandle Fiber

// CurrentTask returns the task that runs the calling code; nil between tasks, in callbacks of the loop and where none runs (statements
// 061, 250). So a task passes itself on to who may have to cancel it:
//
//	workers[id] = rt.CurrentTask()
//	defer delete(workers, id)
func CurrentTask() *TaskHandle {
	switch s := here(); {
	case s.task != nil:
		return (*TaskHandle)(s.task.fiber)
	case s.loop != nil:
		return (*TaskHandle)(s.loop.Current())
	}
	return nil
}

// CurrentTaskIn is CurrentTask in an async function.
func CurrentTaskIn(fb *Fiber) *TaskHandle {
	if fb.loop == nil { // driven by hand, perhaps inside a task
		return CurrentTask()
	}
	return (*TaskHandle)(fb)
}

// Handle returns what CurrentTask returns in t.
func (t *Task[T]) Handle() *TaskHandle { return (*TaskHandle)(&t.runs) }

// Cancel cancels the task; see Task.Cancel.
func (h *TaskHandle) Cancel(cause error) bool { return h.fiber().cancelFor(cause) }

// Uncancel takes back one Cancel and returns how many are left; see Task.Uncancel.
func (h *TaskHandle) Uncancel() (left int) { return h.fiber().uncancel() }

// Canceling returns how often Cancel was called before the end.
func (h *TaskHandle) Canceling() int { return h.fiber().cancelling() }

// Done reports whether the task has ended.
func (h *TaskHandle) Done() bool { return h.flags&fiberEnded != 0 }

// Canceled reports whether the task has ended with an error that is context.Canceled.
func (h *TaskHandle) Canceled() bool { return h.flags&fiberCancelled != 0 }

// Name returns the task's name; see Fiber.Name.
func (h *TaskHandle) Name() string { return h.fiber().Name() }

// SetName gives the task a name for dumps; see Fiber.SetName.
func (h *TaskHandle) SetName(name string) { h.fiber().SetName(name) }

// String describes the task in a line: its name, and what it does.
func (h *TaskHandle) String() string {
	switch {
	case h.Canceled():
		return h.Name() + ": cancelled"
	case h.Done():
		return h.Name() + ": ended"
	}
	return h.Name() + ": " + h.fiber().describe()
}

func (h *TaskHandle) fiber() *Fiber { return (*Fiber)(h) }
