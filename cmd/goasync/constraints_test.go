package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A folder all of whose files are left out says so as the go command does.
func TestAllExcluded(t *testing.T) {
	t.Parallel()
	dir := project(t, `
-- a/a_windows.go --
package a

// async
func f() error { return nil }
-- a/b.go --
//go:build never

package a
-- b/b.go --
package b

// async
func f() error { return nil }
-- tested/x_windows.go --
package tested
-- tested/x_test.go --
package tested

// async
func f() error { return nil }
-- tests/x_windows_test.go --
package tests

// async
func f() error { return nil }
`)
	const excluded = "goasync: build constraints exclude all Go files in $DIR/a\n"
	refuse(t, dir, failed, excluded, "GOOS=linux", "./a")
	refuse(t, dir, failed, excluded, "GOOS=linux", "./b", "./a")
	refuse(t, dir, failed, "goasync: build constraints exclude all Go files in $DIR/tests\n", "GOOS=linux", "./tests")
	expectFiles(t, dir, "a/a_windows.go a/b.go b/b.go tested/x_test.go tested/x_windows.go tests/x_windows_test.go")

	// As in a build, a pattern passes over it; test files need no others.
	succeed(t, dir, "GOOS=linux", "./...")
	succeed(t, dir, "GOOS=linux", "./tested")
	expectFiles(t, dir, "a/a_windows.go a/b.go b/b.go b/b_async.go tested/x_async_test.go tested/x_test.go tested/x_windows.go tests/x_windows_test.go")
	succeed(t, dir, "GOOS=windows", "./a")
	goCommand(t, dir, "GOOS=windows", "vet", "./a")
}

// Of a pair for two systems each has its generated file, and a run for one
// leaves that of the other alone: stale or not, as long as it has a source.
func TestPairs(t *testing.T) {
	t.Parallel()
	const pair = `
-- main.go --
package main

import "github.com/goasync/goasync/rt"

func main() { rt.RunAsync0(nameAsync()) }
-- name_linux.go --
package main

import "github.com/goasync/goasync/rt"

// async
func name() error { print("linux"); return rt.Await0(rt.Sleep(1)) }
-- name_windows.go --
package main

import "github.com/goasync/goasync/rt"

// async
func name() error { print("windows"); return rt.Await0(rt.Sleep(1)) }
-- name_windows_test.go --
package main

// async
func test() error { return nil }
-- wide.go --
//go:build linux && amd64 || windows

package main

// async
func wide() error { return nil }
-- narrow.go --
// A comment before it.

//go:build	!linux && extra
// +build !linux,extra

// Package main is built anywhere.
package main

// async
func narrow() error { return nil }
`
	dir := project(t, pair)
	const sources = "main.go name_linux.go name_windows.go name_windows_test.go narrow.go wide.go"
	expectFiles(t, dir, sources)
	files := func(generated ...string) {
		t.Helper()
		list := append(strings.Fields(sources), generated...)
		expectSorted(t, dir, list)
	}
	succeed(t, dir, "GOOS=linux", "GOARCH=amd64")
	files("name_async_linux.go", "wide_async.go")
	succeed(t, dir, "GOOS=windows")
	files("name_async_linux.go", "name_async_windows.go", "name_async_windows_test.go", "wide_async.go")
	succeed(t, dir, "GOOS=windows", "-tags=extra")
	succeed(t, dir, "GOOS=linux", "GOARCH=amd64")
	files("name_async_linux.go", "name_async_windows.go", "name_async_windows_test.go", "narrow_async.go", "wide_async.go")
	for _, system := range []string{"linux", "windows"} {
		goCommand(t, dir, "GOOS="+system, "GOARCH=amd64", "vet", "-tags=extra", ".")
	}
	if text := read(t, dir, "narrow_async.go"); !strings.Contains(text, "\n//go:build !linux && extra\n") {
		t.Errorf("no constraint:\n%s", text)
	}

	// What the other system's build would not compile is none of this one's business.
	stale := strings.Replace(read(t, dir, "name_async_windows.go"), "package main", "package main\n\nbroken", 1)
	change(t, dir, "-- name_async_windows.go --\n"+stale)
	succeed(t, dir, "GOOS=linux", "GOARCH=amd64")
	if read(t, dir, "name_async_windows.go") != stale {
		t.Error("the file of the other system was written")
	}
	// Its source has lost the mark, or is gone: then it is an orphan here, too.
	change(t, dir, "-- name_windows.go --\npackage main\n\nfunc name() error { return nil }\n")
	if err := os.Remove(filepath.Join(dir, "name_windows_test.go")); err != nil {
		t.Fatal(err)
	}
	succeed(t, dir, "GOOS=linux", "GOARCH=amd64")
	expectFiles(t, dir, "main.go name_async_linux.go name_linux.go name_windows.go narrow.go narrow_async.go wide.go wide_async.go")
}

// A program in a file that no build has is compiled as it is run, by name.
func TestNamedFiles(t *testing.T) {
	t.Parallel()
	dir := project(t, `
-- m.go --
package m

// async
func f() error { return nil }
-- gen.go --
//go:build ignore

package main

import "github.com/goasync/goasync/rt"

// async
func f() (int, error) { return 7, rt.Await0(rt.Sleep(1)) }

func main() { println(rt.RunAsync(fAsync())) }
-- m_test.go --
package m

// async
func g() error { return nil }
`)
	succeed(t, dir, "gen.go")
	expectFiles(t, dir, "gen.go gen_async.go m.go m_test.go")
	if out := goCommand(t, dir, "run", "gen.go", "gen_async.go"); !strings.HasPrefix(out, "7 ") {
		t.Errorf("it printed %q", out)
	}
	succeed(t, dir)
	expectFiles(t, dir, "gen.go gen_async.go m.go m_async.go m_async_test.go m_test.go")
	goCommand(t, dir, "vet")
}

// A file may be one of an older language than what is generated, which then
// asks for its own; one whose loops mean something else is refused.
func TestLanguageVersions(t *testing.T) {
	t.Parallel()
	const source = `package main

import "github.com/goasync/goasync/rt"

// async
func f() (int, error) {
	var fs []func() int
	for i := 0; i < 3; i++ {
		if err := rt.Await0(rt.Sleep(1)); err != nil {
			return 0, err
		}
		fs = append(fs, func() int { return i })
	}
	n := 0
	for _, f := range fs {
		n += f()
	}
	return n, nil
}

func main() {
	n, _ := f()
	k, _ := rt.RunAsync(fAsync())
	print(n, " ", k)
}
`
	dir := project(t, "-- main.go --\n"+source)
	for _, test := range []struct{ own, generated string }{
		{"go1.22", "go1.22 && go1.26"},
		{"go1.24 && (linux || !linux)", "go1.24 && (linux || !linux) && go1.26"},
		{"go1.23 || go1.22 && linux", "(go1.23 || (go1.22 && linux)) && go1.26"},
		{"go1.26", "go1.26"},
		{"go1.1 || !never", "go1.1 || !never"},
	} {
		change(t, dir, "-- main.go --\n//go:build "+test.own+"\n\n"+source)
		succeed(t, dir)
		if text := read(t, dir, "main_async.go"); !strings.Contains(text, "\n//go:build "+test.generated+"\n\npackage") {
			t.Errorf("for %s there is no %s:\n%s", test.own, test.generated, text)
		}
		if out := goCommand(t, dir, "run", "."); out != "3 3" {
			t.Errorf("with %s it printed %q", test.own, out)
		}
	}
	const old = "async functions in a file of Go 1.21, whose loops share their variables; let its //go:build line, or go.mod, ask for go1.22 or newer\n"
	change(t, dir, "-- main.go --\n//go:build go1.17\n\n"+source)
	refuse(t, dir, refused, "main.go:3:9: "+old)

	// In a workspace a module may be older than what it uses.
	change(t, dir, "-- go.work --\ngo 1.26.0\n\nuse (\n\t.\n\t./old\n)\n-- old/go.mod --\nmodule example.com/old\n\ngo 1.23\n-- old/main.go --\n"+source)
	succeed(t, dir, "./old")
	if text := read(t, dir, "old", "main_async.go"); !strings.Contains(text, "\n//go:build go1.26\n\npackage") {
		t.Errorf("it does not ask for its language:\n%s", text)
	}
	if out := goCommand(t, dir, "run", "./old"); out != "3 3" {
		t.Errorf("it printed %q", out)
	}
	edit(t, dir, "old/go.mod", "1.23", "1.21")
	refuse(t, dir, refused, "old/main.go:1:9: "+old, "./old")
}
