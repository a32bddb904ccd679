package main

import (
	"log"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// dropPrivileges takes from the command what lets root write where the modes
// forbid it, so that the tests mean the same for everybody. Capabilities are
// the thread's: the command stays on this one.
func dropPrivileges() {
	if os.Getenv("GOASYNC_DROP_PRIVILEGES") == "" || os.Geteuid() != 0 {
		return
	}
	runtime.LockOSThread()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capset(&header, &data[0]); err != nil {
		log.Fatal(err)
	}
}

// A folder that cannot be written is one line and status 2, and nothing is
// half done: neither there nor in the folders that can be.
func TestReadOnlyFolder(t *testing.T) {
	t.Setenv("GOASYNC_DROP_PRIVILEGES", "1")
	dir := project(t, `
-- a/a.go --
package a

// async
func f() error { return nil }
-- b/b.go --
package b

// async
func f() error { return nil }
`)
	closed := filepath.Join(dir, "b")
	if err := os.Chmod(closed, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(closed, 0o755) })
	refuse(t, dir, failed, "goasync: cannot write $DIR/b/b_async.go: permission denied\n", "./...")
	expectFiles(t, dir, "a/a.go b/b.go")

	if err := os.Chmod(closed, 0o755); err != nil {
		t.Fatal(err)
	}
	succeed(t, dir, "./...")
	expectFiles(t, dir, "a/a.go a/a_async.go b/b.go b/b_async.go")

	// An orphan there cannot be removed.
	change(t, dir, "-- b/b.go --\npackage b\n")
	if err := os.Chmod(closed, 0o555); err != nil {
		t.Fatal(err)
	}
	refuse(t, dir, failed, "goasync: cannot remove $DIR/b/b_async.go: permission denied\n", "./...")
}
