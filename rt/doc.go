// Package rt runs what goasync generates from functions marked //async:func: coroutines, many thousands of them as tasks on one
// goroutine, with what Python's asyncio has for them: futures, groups, timeouts, cancels, queues, locks. It imports the standard
// library alone and makes no system call; package poll adds sockets.
//
//	// sizes fetches pages, ten at a time, and gives up after a minute.
//	//
//	//async:func
//	func sizes(urls []string) ([]int, error) {
//		return rt.Await(rt.Timeout(time.Minute, func() ([]int, error) {
//			return rt.Await(rt.Map(10, urls, size)) // size is another marked function
//		}))
//	}
//
//	all, err := rt.RunAsync(sizesAsync(urls)) // the generated form: tasks on a loop of its own
//	all, err = rt.Run(func() ([]int, error) { return sizes(urls) }) // the plain form: a goroutine a task, one at a time
//
// In a marked function rt.Await(f(x)) means f(x), but others run while it waits. What can be awaited here:
//
//	Spawn, Task                      a function that runs beside the others, and its end; CurrentTask is a task's handle of itself
//	Sleep, YieldNow                  time, and a turn for the others
//	Future, Event                    what somebody sets
//	Lock, Semaphore, Condition, Barrier
//	Queue, Broadcast                 from task to task
//
// and what the sections below list: what bounds work, what waits for several at once, and what leads to the rest of Go. An
// operation has three forms. [Sleep] is for the source, where it stands in an Await, and for plain tasks and other goroutines,
// which it blocks. [SleepAsync] and [SleepOp] are for generated code, which calls the one and has the other in its frames.
//
// A number in a comment, "statement 118", is that of a statement on how asyncio behaves. CONFORMANCE.md has one line for each, though
// not its text: its subject, the test that holds this package to it, and where this package differs on purpose. "F35" is a row of
// poll/FAULTS.md, which says what is promised.
//
// # Scopes
//
// What is cancelled as one is a [Scope]: fibers, which run tasks and the like, and scopes inside it. All that bounds work is made
// of scopes:
//
//	Timeout, MoveOn0   a scope with a deadline, which the caller's own fiber enters and leaves
//	WithContext        the same, with a context.Context that bounds it
//	Shield, Cleanup0   the same, where a cancel from outside stops, and waits
//	Gather, Map        a scope of children, each a fiber; the caller's waits for them outside
//	Nursery            a scope of children that the caller's fiber is in, too, while it runs the body
//	Group.Start        a scope of a child, in the caller's until the child is ready, then in the group's
//	Shutdown           the scope of all tasks
//
// A cancel aborts what the fibers under the scope wait for and has every other await in it fail, until they have left it. Its error
// is one *[Canceled], by whose identity the owner of the scope knows its own: so a timeout reports its own deadline alone, and a
// nursery keeps its own cancel to itself. None of them returns while something of it runs.
//
// A cancel never takes back what was handed over. Whoever frees a lock or puts an item gives it to who has waited longest and
// wakes that fiber; a cancel that comes then is the next await's. CANCEL.md has a table of what a cancel does to each operation.
//
// To the rest of Go a scope is a context.Context: Context returns that of the running task where it is, made of the context package's
// own when it is asked for. The scope keeps a list of the contexts in it, and a cancel that walks the fibers ends these, too.
// A deadline that passes is the loop's, by the loop's clock; so a parent of ours stands above each, since only a parent, or a timer of
// its own, makes a context end with DeadlineExceeded. The other way round, WithContext has context.AfterFunc post the cancel.
//
// # Several at once
//
//	Wait         until one, or all, of some tasks and futures are done; raises and cancels nothing
//	AsCompleted  the same, one by one: a queue that they come into as they end
//	Select       until one of several operations that are held has completed: GetOp, LockOp, WaitOp, After and others
//	Race         the first success of several functions; the others are cancelled and waited for
//
// Select and Wait stand in many lines at once by branches. A branch is a fiber that is never queued: Wake tells the Select, which
// in that same step withdraws its other branches, before whoever woke it can hand something to one of them. So there is one
// winner and no loser has to give anything back.
//
// # To the rest of Go
//
//	Blocking         a call that blocks, on a goroutine, of which a loop has a bounded number; processes of os/exec run in it
//	Recv, SendTo     Go's channels; a Receiver is for Select and Each. Signals of os/signal come so, and timers of others
//	Context          what code that takes a context.Context gets; WithContext is bounded by one
//	rtsignal.Run0    the first interrupt cancels the main task, the second one kills
//	Each             over an async generator, a queue, a channel, what AsCompleted returns; an iter.Seq needs nothing
//	EachOn, RunEach  the same from a goroutine that is no task, on a loop that runs or on one of its own
//	Post, On         from another goroutine, or loop, to a loop
//	RunLoops         a loop on each core; tasks stay where they are, and call each other by On
//
// # Who may call what
//
// Everything that belongs to a loop (fibers, frames, operations, futures, tasks, timers) is touched by the goroutine that
// runs the loop alone, and is not synchronised, on purpose: the race detector sees a call from the wrong goroutine. The one
// door from other goroutines is [Loop.Post]. What Context returns may be used anywhere.
//
// # Looking at a program
//
// [Dump] writes the tree of tasks: under each the functions that await each other with the line of each await, what the innermost
// one waits for, and the tasks that it awaits. The same as data is a [Snapshot], from any goroutine. Package rtdebug serves both over
// HTTP and on a signal, publishes [Stats], and tells tasks apart in profiles and traces.
//
//	2 tasks at 1.2s
//	└── Task-1: waiting
//	    └── main.serve serve.go:12
//	        └── rt.Timeout
//	            └── main.answer serve.go:30
//	                └── the end of Task-2, place 1
//	                    └── Task-2: waiting
//	                        └── main.fetch serve.go:41
//	                            └── poll.ConnRead
//	                                └── descriptor 9 to be readable, of 192.0.2.7:80
//
// If no task can ever run again, Run returns a [DeadlockError] with that tree, in which circles of tasks are named. A panic that ends
// Run prints its own stack and the awaits above it; see [Failure]. [LoopOptions] has a debug mode, and GOASYNCDEBUG=1 turns it on for a
// whole program.
//
// A task that nobody looks at carries nothing for all this. Names and numbers are given when they are asked for; the positions are
// tables of the generated code; who awaits whom are the links by which tasks wake each other.
//
// # The model
//
// A coroutine is a struct, one for each call of an annotated function: parameters, results, the variables that live across
// an await, and a [Frame] that knows how far the call has come. Its method Resume runs it to its next suspension or to its
// end. A [Fiber] is what runs: it remembers the innermost coroutine, what that waits for, its scope and its credit. A [Task]
// is the user's handle: a fiber on a loop whose end can be awaited like a [Future].
//
// A call is made by Start on the callee, which runs natively, as an ordinary Go call would:
//
//	caller.Resume ── Start ──> callee.Resume ── Start ──> operation: not ready
//	      false <───────────── false <──────────────────── false; the fiber's leaf is the callee
//
// A suspension returns false through all of them and each frame then learns who awaits it. When the operation has
// completed, Fiber.Wake queues the fiber and the loop resumes the leaf, whatever the depth. A leaf that ends hands over to
// the frame that awaits it, in a loop, not by recursion. Results are not passed: the caller reads them from the callee's
// frame (Result).
//
// # A turn of the loop
//
//  1. Posts from other goroutines join the ready queue.
//  2. The poller waits: not at all if something is ready or the loop was stopped, else until the earliest timer is due, at
//     most a day. It wakes the fibers whose sockets are ready.
//  3. Timers that are due join the ready queue, by (time, order of creation).
//  4. What is in the ready queue now runs, first in, first out. What it makes ready runs in the next turn.
//
// # Failures
//
// A panic is turned into a [Failure] by the first recover above it, stored in the frame, and raised again by Result inside
// the caller. So it takes one path, whether the callee failed in its first descent or after it was resumed, and its cost is
// linear in the depth: panicking on natively through each frame's deferred call would be quadratic. The recovers stand in
// Defers.Leave (functions that defer), in Begin for frames that users can hold, and in whoever resumes a leaf: the loop (one
// for a whole turn), a generator, a hand-driven Send. Frames embedded in their caller need none, and an iterator needs one only
// while a suspended caller has deferred calls; otherwise a panic in it passes natively, which saves half the time of a value.
//
// From a task it passes to whoever awaits that: Task.Wait, Gather, Nursery and the like panic with the same value. The Failure keeps
// the stack of where it began, and grows by the functions that awaited it in each task that it passes, so that a crash shows the
// line that called Map as well as the one in the function that Map ran.
//
// runtime.Goexit (testing's Fatal) runs the deferred calls of the frames it passes natively; suspended callers are unwound by
// a private panic value that recover in an async function does not see. Run does not return then. What deferred calls await is
// waited for, also if Run would end meanwhile: then it cancels what is left as it does at its end. A deferred call that panics
// meanwhile panics in whoever called, and out of Run; as in Go, to recover it does not end the Goexit. Whoever waits for the task
// that called Goexit is another task, and sees the panic alone.
//
// # Memory
//
// On 64-bit machines, in bytes:
//
//	Frame                 24   header of every coroutine
//	Defers                24   of functions that defer; one deferred call is in it, more are allocated
//	Fiber                 80
//	Task[T]              104   112 with the allocator's rounding
//	child                112   of a Nursery: what Go and its like begin; 8 more in Gather, Map and Race
//	FutureWaitOp[T]       32   part of the frame that awaits; TaskWaitOp too
//	SleepOp               32   of a sleep; the loop's timers have 24 more for it
//	YieldNowOp             8
//
// A task parked on a future with two words of state costs 192: the Task, and a frame of 80 with its header, the future, one more
// word and the FutureWaitOp. One that sleeps, with a duration, an error and a deferred call of a closure over one variable,
// costs 264, the closure and the timer included. What is rare (a pending error, a failure on its way up, the
// count of cancels, values, contexts) is allocated when it is first needed and hangs from the fiber.
package rt
