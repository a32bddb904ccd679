// Package programs checks the programs in the folders below, each written as a user would write it: both of its forms do the
// same, and nothing of them is left behind.
package programs

import (
	"bytes"
	"io"
	"os"
	"runtime"
	"testing"
	"time"
)

//go:generate go run github.com/goasync/goasync/cmd/goasync ./...

// Check runs both forms of a program. Each must print want and leave no goroutine and no descriptor behind.
func Check(t *testing.T, want string, plain, generated func(io.Writer) error) {
	t.Helper()
	for _, form := range []struct {
		name string
		run  func(io.Writer) error
	}{
		{"plain", plain},
		{"generated", generated},
	} {
		t.Run(form.name, func(t *testing.T) {
			goroutines, files := runtime.NumGoroutine(), descriptors(t)
			var out bytes.Buffer
			if err := form.run(&out); err != nil {
				t.Errorf("it failed: %v", err)
			}
			if got := out.String(); got != want {
				t.Errorf("it printed\n%swant\n%s", got, want)
			}
			gone(t, "goroutines", goroutines, runtime.NumGoroutine)
			gone(t, "descriptors", files, func() int { return descriptors(t) })
		})
	}
}

// patience is how long what is about to end has for it.
const patience = 10 * time.Second

// gone checks that there are no more of what count counts than there were before. What pools keep, as pipes, the garbage collector closes.
func gone(t *testing.T, what string, before int, count func() int) {
	t.Helper()
	for start := time.Now(); count() > before; runtime.GC() {
		if time.Since(start) > patience {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%s: %d are left over\n%s", what, count()-before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// descriptors returns how many files the process has open, but for those of Go's own poller, which stay open.
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		switch to, err := os.Readlink("/proc/self/fd/" + e.Name()); {
		case err != nil: // the folder that is being read
		case to == "anon_inode:[eventpoll]", to == "anon_inode:[eventfd]":
		default:
			n++
		}
	}
	return n
}
