package main

import (
	"os"
	"path/filepath"
	"testing"
)

// Vet warns, refuses what is refused otherwise, and writes nothing.
func TestVet(t *testing.T) {
	dir := project(t, `
-- a/a.go --
package a

import (
	"time"

	"github.com/goasync/goasync/rt"
)

//async:func
func nap() error {
	time.Sleep(1)
	time.Sleep(2) //goasync:allow it is short
	return rt.Await0(rt.YieldNow())
}
-- b/b.go --
package b

import "github.com/goasync/goasync/rt"

//async:func
func fine() error { return rt.Await0(rt.YieldNow()) }
-- c/c.go --
package c

//async:func
func noError() {}
`)
	refuse(t, dir, refused, "a/a.go:11:2: call of time.Sleep, which blocks the loop; await rt.Sleep\n"+
		"c/c.go:4:6: async function noError does not return an error as its last result; add one, since any await can be cancelled\n", "vet", "./...")
	succeed(t, dir, "vet", "./b")
	if files, _ := filepath.Glob(filepath.Join(dir, "*", "*_async.go")); len(files) > 0 {
		t.Errorf("it wrote %v", files)
	}
	refuse(t, dir, failed, "goasync: vet after a flag; write goasync vet first, for the package in the folder vet ./vet\n", "-C", ".", "vet")
	if err := os.Mkdir(filepath.Join(dir, "vet"), 0o755); err != nil {
		t.Fatal(err)
	}
	refuse(t, dir, failed, "goasync: no Go files in $DIR/vet\n", "./vet")
}
