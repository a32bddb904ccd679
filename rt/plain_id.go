package rt

import (
	"bytes"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
)

// Blocking forms have no parameter that says who calls them, so they ask which goroutine they are on. Go keeps a
// goroutine's number to itself but for the text of a stack trace. Reading it in the goroutine's own trace takes 6 µs and 0.5 µs
// for each of the functions on its stack; the trace of a goroutine that it starts for the purpose is short and ends "created by
// ... in goroutine 18": 4 µs, however deep the stack. No internals of the runtime are relied on, and the plain form alone
// pays: while no plain task exists, InTask is one atomic load.

// A seat is what a goroutine does for this package: it runs a loop, or it is the goroutine of a plain task.
type seat struct {
	loop *Loop
	task *plainTask // nil: the goroutine runs loop itself
}

var (
	seats      sync.Map     // goroutine number (uint64) -> seat, for goroutines that run a loop or a plain task
	plainTasks atomic.Int64 // seats of plain tasks, so that InTask is cheap where there are none
	loopSeats  atomic.Int64 // seats of loops
)

// goroutineID returns the number of the calling goroutine, which no other goroutine of the process ever has.
func goroutineID() uint64 {
	answer := make(chan uint64)
	go func() { answer <- creatorID() }()
	return <-answer
}

// creatorID returns the number of the goroutine that started the calling one.
func creatorID() uint64 {
	for size := 1 << 10; ; size *= 2 {
		trace := make([]byte, size)
		trace = trace[:runtime.Stack(trace, false)]
		_, created, _ := bytes.Cut(trace, []byte("\ncreated by "))
		_, number, found := bytes.Cut(created, []byte(" in goroutine "))
		number, _, complete := bytes.Cut(number, []byte("\n"))
		if found && complete {
			id, err := strconv.ParseUint(string(number), 10, 64)
			if err == nil {
				return id
			}
		}
		if len(trace) < size {
			panic(Misuse("rt: this version of Go does not say in a stack trace which goroutine created another: " + string(trace)))
		}
	}
}

// here returns the calling goroutine's seat; the zero seat if it has none.
func here() seat {
	if plainTasks.Load() == 0 && loopSeats.Load() == 0 {
		return seat{}
	}
	s, _ := seats.Load(goroutineID())
	found, _ := s.(seat)
	return found
}

// enterLoop notes that the calling goroutine runs l from now on. It reports false, and does nothing, if the goroutine
// already runs a loop or belongs to a plain task (statement 012). After true, the goroutine calls leave at the end.
func enterLoop(l *Loop) (leave func(), ok bool) {
	id := goroutineID()
	if _, taken := seats.LoadOrStore(id, seat{loop: l}); taken {
		return nil, false
	}
	loopSeats.Add(1)
	return func() {
		seats.Delete(id)
		loopSeats.Add(-1)
	}, true
}

// enterTask notes that the calling goroutine runs t on l, until it calls leave.
func enterTask(l *Loop, t *plainTask) (leave func()) {
	id := goroutineID()
	t.goroutine = id
	seats.Store(id, seat{loop: l, task: t})
	plainTasks.Add(1)
	return func() {
		seats.Delete(id)
		plainTasks.Add(-1)
	}
}

// InTask reports whether the caller is a plain task: code that Run or Spawn called, on the goroutine it was called on. A
// blocking form then waits through Block. While the program has no plain task it costs about a nanosecond.
func InTask() bool { return taskHere() != nil }

// taskHere returns the calling goroutine's plain task, nil if it is none's.
func taskHere() *plainTask {
	if plainTasks.Load() == 0 {
		return nil
	}
	return here().task
}

// OnLoop reports whether the calling goroutine runs a loop, so that blocking it would stop every task of that loop. A
// blocking form asks just before it blocks, which costs some microseconds, and panics with Misuse instead. It reports false on
// the goroutine of a plain task.
func OnLoop() bool {
	s := here()
	return s.loop != nil && s.task == nil
}

// refuseOnLoop panics if the calling goroutine runs a loop; what is the blocking call, as a user writes it.
func refuseOnLoop(what string) {
	if OnLoop() {
		panic(Misuse("rt: " + what + " would block the loop it is called on: write rt.Await(" + what + ") in an //async function, or spawn a task for it"))
	}
}
