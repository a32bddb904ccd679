package rttest

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

// leakCheck finds goroutines and descriptors that were not there when it was made.
type leakCheck struct{ goroutines, descriptors int }

func newLeakCheck() leakCheck {
	time.AfterFunc(time.Hour, func() {}).Stop() // for its first timer, which may be nobody's, the runtime opens two descriptors
	return leakCheck{runtime.NumGoroutine(), openDescriptors()}
}

// patience is how long goroutines have to end: those of plain tasks give the baton back before they do.
const patience = 5 * time.Second

// found says what is left, "" if nothing is.
func (c leakCheck) found() string {
	for begin := time.Now(); runtime.NumGoroutine() > c.goroutines; runtime.Gosched() {
		if time.Since(begin) > patience {
			stacks := make([]byte, 1<<16)
			return fmt.Sprintf("%s left:\n%s", counted(runtime.NumGoroutine()-c.goroutines, "goroutine"), stacks[:runtime.Stack(stacks, true)])
		}
	}
	if n := openDescriptors() - c.descriptors; n > 0 {
		return counted(n, "file descriptor") + " left"
	}
	return ""
}

// openDescriptors counts the process's file descriptors; 0 where the system does not list them.
func openDescriptors() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(list)
}
