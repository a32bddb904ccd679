package tasks

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("tasks.TaskSpawn", TaskSpawn, TaskSpawnAsync),
	harness.New("tasks.TaskGather", TaskGather, TaskGatherAsync),
	harness.New("tasks.TaskPanic", TaskPanic, TaskPanicAsync),
	harness.New("tasks.TaskCancel", TaskCancel, TaskCancelAsync),
	harness.New("tasks.TaskFuture", TaskFuture, TaskFutureAsync),
	harness.New("tasks.TaskBlocking", TaskBlocking, TaskBlockingAsync),
	harness.New("tasks.TaskShared", TaskShared, TaskSharedAsync),
	harness.New("tasks.TaskOn", TaskOn, TaskOnAsync),
}
