package rt_test

import (
	"context"
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// current returns the running task, in the world's form.
func (w *world) current() *rt.TaskHandle {
	if w.plain {
		return rt.CurrentTask()
	}
	return rt.CurrentTaskIn(w.loop.Current())
}

// passes is a step that passes the running task on.
func (w *world) passes(to **rt.TaskHandle) step { return do(func() { *to = w.current() }) }

// What CPython 3.11 does with asyncio.current_task(), where it runs as here:
//
//	the child of a TaskGroup is cancelled by another     child:('x',), done and cancelled, cancel() false; the group has no error
//	a child cancels itself, uncancels, goes on           (1, 0) on
//	a child cancels itself and returns 7                 cancelled; gather raises CancelledError('self')
//	in a callback                                        None

func TestCurrentTask(t *testing.T) {
	inBothForms(t, func(w *world) {
		var root, again, child, mapped *rt.TaskHandle
		task := w.spawn(
			w.passes(&root),
			yield(),
			w.nursery(nil, func(n *nest) []step { return []step{w.passes(&again), n.begins(w.passes(&child))} }),
			do(func() { w.loop.CallSoon(func() { w.log("callback:%v", rt.CurrentTask() == nil) }) }),
			w.maps(1, []int{1}, nil, func(int) []step { return []step{w.passes(&mapped)} }))
		w.run(task)
		if root == nil || root != task.Handle() || again != root {
			w.Errorf("the task is %v, and in a nursery %v; want %v", root, again, task.Handle())
		}
		if child == nil || mapped == nil || child == root || mapped == root || child == mapped {
			w.Errorf("the functions of the nursery and the map are %v and %v", child, mapped)
		}
		w.traced("callback:true")
	})
	if h := rt.CurrentTask(); h != nil {
		t.Errorf("outside any loop the task is %v", h)
	}
	// Driven by hand, outside a task and inside one.
	find := func() rt.Awaitable[*rt.TaskHandle] {
		return rt.Func(func() (*rt.TaskHandle, error) { return rt.CurrentTask(), nil })
	}
	byHand := func() *rt.TaskHandle {
		co := rt.Drive(find())
		co.Send()
		h, _ := co.Result()
		return h
	}
	if h := byHand(); h != nil {
		t.Errorf("by hand the task is %v", h)
	}
	w := newWorld(t)
	var inside *rt.TaskHandle
	task := w.spawn(do(func() { inside = byHand() }))
	w.run(task)
	if inside != task.Handle() {
		t.Errorf("by hand in a task that is %v", inside)
	}
}

// A function of a group that others cancel ends alone, and is no error (statements 080 to 082, 139).
func TestCancelByAHandle(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		var h *rt.TaskHandle
		w.runs(9, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.begins(w.passes(&h), await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error {
					w.log("child:%v", errors.Is(err, cause))
					return err
				})),
				n.begins(sleep(9), w.says("other")),
				yield(),
				do(func() {
					h.SetName("child")
					w.log("%s:%v:%v", h.Name(), h.Done(), h.Cancel(cause))
					w.log("%d", h.Canceling())
				}),
				yield(), yield(),
				do(func() { w.log("%v:%v:%v", h.Done(), h.Canceled(), h.Cancel(nil)) }),
				do(func() { w.log("%d:%s", h.Canceling(), h.Name()) }),
			}
		}))
		w.traced("child:false:true 1 child:true true:true:false 1:child other nursery:nil")

		// What a context of the function says is that cancel, too; an error of its own is an error.
		for _, end := range []struct {
			err  error
			want string
		}{{context.Canceled, "f:canceled nursery:nil"}, {errors.Join(context.Canceled, cause), "f:canceled nursery:cause"}} {
			w.runs(9, w.nursery(w.came("nursery"), func(n *nest) []step {
				return []step{n.begins(w.passes(&h), w.forever("f", true), fail(end.err)), yield(), do(func() { h.Cancel(nil) })}
			}))
			w.traced(end.want)
		}
	})
}

// A task that cancels itself, by its handle: statements 086 and 094.
func TestCancelOfOneself(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		cancels := do(func() { w.current().Cancel(cause) })
		w.runs(0, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{n.begins(cancels, w.next(), do(func() {
				h := w.current()
				w.log("%d:%d", h.Canceling(), h.Uncancel())
			}), w.next())}
		}))
		w.traced("next:canceled 1:0 next:nil nursery:nil")

		// It returns without another await: it ends cancelled, as a task of Spawn does.
		var h *rt.TaskHandle
		w.runs(0, w.maps(1, []int{1}, func(_ []int, err error) error { return w.came("map")(err) }, func(int) []step { return []step{w.passes(&h), cancels} }))
		w.traced("map:canceled")
		if !h.Canceled() || h.String() != h.Name()+": cancelled" {
			w.Errorf("%v, want it cancelled", h)
		}
		task := w.spawn(w.passes(&h), yield())
		w.turns(1)
		if got := h.String(); got != task.String() {
			w.Errorf("%q, want %q", got, task.String())
		}
		w.run(task)
		if got := h.String(); got != h.Name()+": ended" {
			w.Errorf("%q after the end", got)
		}
	})
}
