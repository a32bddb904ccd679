package main

import (
	"os/exec"
	"strings"
	"testing"
)

// Each bad input gives its whole message, and writes nothing.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, files, message string }{
		{"mark on a function without an error result", `
-- x.go --
package m

// async
func f() int { return 1 }
`, "x.go:4:6: async function f does not return an error as its last result; add one, since any await can be cancelled\n"},

		{"Await of a call without an async form", `
-- x.go --
package m

import (
	"os"

	"github.com/goasync/goasync/rt"
)

func plain() error { return nil }

// async
func f() error {
	if err := rt.Await0(plain()); err != nil {
		return err
	}
	return rt.Await0(os.Remove("x"))
}
`, "x.go:13:12: rt.Await0 of plain, which has no async form plainAsync; mark plain with //async, or call it without rt.Await0\n" +
			"x.go:16:9: rt.Await0 of os.Remove, which has no async form RemoveAsync; give rt.Blocking a function that calls it\n"},

		{"Await outside an async function", `
-- x.go --
package m

import "github.com/goasync/goasync/rt"

func f() error { return rt.Await0(rt.Sleep(1)) }
`, "x.go:5:25: rt.Await0 outside an async function; mark f with //async, or call without rt.Await0\n"},

		{"a name that collides with a generated one", `
-- x.go --
package m

// async
func f() error { return nil }
-- y.go --
package m

func fAsync() {}
`, "x.go:4:6: async form fAsync of f is declared at y.go:3:6 already; rename that, or name the form with //async:twin Name\n"},

		{"syntax errors", `
-- x.go --
package m

// async
func f() error {
	x :=
	return nil
}
-- y.go --
package m

func g( {
`, "x.go:6:2: expected ';', found 'return'\n" +
			"y.go:3:9: expected ')', found '{'\n"},

		{"type errors", `
-- x.go --
package m

import "os"

// async
func f() error {
	var x int = "a"
	return undefined
}
-- y.go --
package m

func f() {}
`, "x.go:3:8: \"os\" imported and not used\n" +
			"x.go:6:6: other declaration of f\n" +
			"x.go:7:6: declared and not used: x\n" +
			"x.go:7:14: cannot use \"a\" (untyped string constant) as int value in variable declaration\n" +
			"x.go:8:9: undefined: undefined\n" +
			"y.go:3:6: f redeclared in this block\n"},

		{"packages that do not exist", `
-- x.go --
package m

import (
	"none/such"

	"example.com/m/nope"
)

// async
func f() error { return nope.F(such.X) }
`, "x.go:4:2: package none/such is not in std (" + goroot(t) + "/src/none/such)\n" +
			"x.go:6:2: no required module provides package example.com/m/nope; to add it: go get example.com/m/nope\n"},

		{"a file that is not ours", `
-- x.go --
package m

// async
func f() error { return nil }
-- x_async.go --
package m

func g() {}
`, "x.go:1:9: x_async.go is not ours: it lacks the header of a generated file; rename it or remove it, the async forms of x.go go there\n"},

		{"a test file", `
-- x.go --
package m
-- x_test.go --
package m

// async
func f() error { return undefined }
`, "x_test.go:4:25: undefined: undefined\n"},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			dir := project(t, test.files)
			before := names(t, dir)
			refuse(t, dir, refused, test.message)
			expectFiles(t, dir, before)
		})
	}
}

// What keeps the command from its work is one line, and status 2.
func TestCannotRun(t *testing.T) {
	t.Parallel()
	dir := project(t, "-- docs/x.txt --\n")
	for _, test := range []struct {
		args    string
		message string
	}{
		{"", "goasync: no Go files in $DIR\n"},
		{"./nope", "goasync: stat $DIR/nope: directory not found\n"},
		{"./docs", "goasync: no Go files in $DIR/docs\n"},
		{"./...", "goasync: no Go packages match ./...\n"},
		{"example.org/none", "goasync: no required module provides package example.org/none; to add it: go get example.org/none\n"},
		{"fax", "goasync: unknown command fax; for the package in the folder fax write ./fax\n"},
		{"-C nope", "goasync: stat $DIR/nope: no such file or directory\n"},
		{"-x", "goasync: flag provided but not defined: -x; goasync -h prints the flags\n"},
		{". -tags x", "goasync: flag -tags after the packages; flags come first\n"},
	} {
		refuse(t, dir, failed, test.message, strings.Fields(test.args)...)
	}
	// As of a variable of the shell that is not set.
	empty := "goasync: an empty argument; name the packages, or give none for the one in the current folder\n"
	refuse(t, dir, failed, empty, "")
	refuse(t, dir, failed, empty, "check", "", "./...")
}

// The module must have rt, of this command's version.
func TestOtherRT(t *testing.T) {
	t.Parallel()
	const source = "-- x.go --\npackage m\n\n// async\nfunc f() error { return nil }\n"
	dir := project(t, source)
	change(t, dir, "-- go.mod --\nmodule example.com/m\n\ngo 1.26.0\n")
	refuse(t, dir, failed, "goasync: cannot import github.com/goasync/goasync/rt, which the async functions need; go get github.com/goasync/goasync\n")

	change(t, dir, "-- go.mod --\nmodule example.com/m\n\ngo 1.26.0\n\nrequire github.com/goasync/goasync v0.0.0\n\nreplace github.com/goasync/goasync => ./old\n"+
		"-- old/go.mod --\nmodule github.com/goasync/goasync\n-- old/rt/rt.go --\npackage rt\n")
	refuse(t, dir, failed, "goasync: github.com/goasync/goasync/rt has no AsyncGenerator, which this goasync needs; let both be of one version: go get github.com/goasync/goasync@latest\n")
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"-h", "vet -h", "help", "help check vet"} {
		if status, stdout, stderr := goasync(t, t.TempDir(), strings.Fields(args)...); status != done || stdout != usage || stderr != "" {
			t.Errorf("goasync %s: status %d\n%s%s", args, status, stdout, stderr)
		}
	}
	refuse(t, t.TempDir(), failed, "goasync: unknown help topic nope; goasync help prints all there is\n", "help", "nope")
}

// goroot is the root of the go command that the tests use.
func goroot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
