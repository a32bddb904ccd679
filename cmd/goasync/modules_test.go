package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dep is a module that the others use; app uses it.
const (
	dep = `
-- dep.go --
package dep

import "github.com/goasync/goasync/rt"

// async
func Fetch(n int) (int, error) { return n, rt.Await0(rt.Sleep(1)) }
`
	app = `
-- main.go --
package main

import (
	"example.com/dep"
	"github.com/goasync/goasync/rt"
)

// async
func f() (int, error) {
	n, err := rt.Await(dep.Fetch(2))
	return int(n) + 1, err
}

func main() { println(rt.RunAsync(fAsync())) }
`
	notYet = "main.go:10:12: rt.Await of dep.Fetch, which is marked and has no async form FetchAsync yet; "
	stale  = "main.go:10:12: rt.Await of dep.Fetch, whose async form FetchAsync is stale: it "
)

// modules makes two modules side by side, app and dep.
func modules(t *testing.T) (dir string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	change(t, filepath.Join(dir, "dep"), "-- go.mod --\nmodule example.com/dep\n"+requireRT(t)+dep)
	change(t, filepath.Join(dir, "app"), "-- go.mod --\nmodule example.com/app\n"+requireRT(t)+app)
	return dir
}

// runs expects that the program in dir prints what app prints.
func runs(t *testing.T, dir string, args ...string) {
	t.Helper()
	if out := goCommand(t, dir, append([]string{"run"}, args...)...); !strings.HasPrefix(out, "3 ") {
		t.Errorf("it printed %q", out)
	}
}

func TestWorkspace(t *testing.T) {
	t.Parallel()
	dir := modules(t)
	change(t, dir, "-- go.work --\ngo 1.26.0\n\nuse (\n\t./app\n\t./dep\n)\n")
	app, dep := filepath.Join(dir, "app"), filepath.Join(dir, "dep")

	// A pattern spans one module, and what it needs of another is not there yet.
	refuse(t, app, refused, notYet+"run goasync for example.com/dep too\n", "./...")
	expectFiles(t, dir, "app/main.go dep/dep.go go.work")
	// Several modules are one run, whatever needs what.
	succeed(t, dir, "./app/...", "./dep/...")
	expectFiles(t, dir, "app/main.go app/main_async.go dep/dep.go dep/dep_async.go go.work")
	runs(t, dir, "./app")
	goCommand(t, dir, "vet", "./app/...", "./dep/...")

	// The other module's source has moved on, and its generated file has not.
	edit(t, dep, "dep.go", "Fetch(n int)", "Fetch(n, k int)")
	edit(t, app, "main.go", "Fetch(2)", "Fetch(2, 1)")
	refuse(t, app, refused, stale+"has other parameters; run goasync for example.com/dep too\n")
	succeed(t, app, "example.com/dep", ".") // named as the message does
	runs(t, dir, "./app")
	edit(t, dep, "dep.go", "(int, error) { return n,", "(uint, error) { return uint(n),")
	refuse(t, app, refused, stale+"does not return rt.Awaitable[uint]; run goasync for example.com/dep too\n")
	edit(t, dep, "dep.go", "Fetch(n, k int)", "Fetch[T any](n, k T)")
	edit(t, dep, "dep.go", "uint(n)", "1")
	refuse(t, app, refused, stale+"has other type parameters; run goasync for example.com/dep too\n")
	edit(t, dep, "dep.go", "// async", "// plain")
	if err := os.Remove(filepath.Join(dep, "dep_async.go")); err != nil {
		t.Fatal(err)
	}
	refuse(t, app, refused, "main.go:10:12: rt.Await of dep.Fetch, which has no async form FetchAsync; mark Fetch with //async and run goasync for example.com/dep too\n")

	// Without the workspace one module does not know the other.
	refuse(t, dir, failed, "goasync: pattern ./app/...: directory prefix app does not contain main module or its selected dependencies\n", "GOWORK=off", "./app/...")
}

// A module that a folder replaces is edited there.
func TestReplacedModule(t *testing.T) {
	t.Parallel()
	dir := modules(t)
	app := filepath.Join(dir, "app")
	goCommand(t, app, "mod", "edit", "-require=example.com/dep@v1.0.0", "-replace=example.com/dep=../dep")
	refuse(t, app, refused, notYet+"run goasync for example.com/dep too\n")
	succeed(t, app, "all")
	expectFiles(t, dir, "app/main.go app/main_async.go dep/dep.go dep/dep_async.go")
	runs(t, app, ".")
	goCommand(t, app, "vet")
}

// A vendor folder is used as it is, and is not written to.
func TestVendor(t *testing.T) {
	t.Parallel()
	dir := modules(t)
	app, dep := filepath.Join(dir, "app"), filepath.Join(dir, "dep")
	goCommand(t, app, "mod", "edit", "-require=example.com/dep@v1.0.0", "-replace=example.com/dep=../dep")
	goCommand(t, app, "mod", "vendor")
	const cure = "run goasync for example.com/dep in its own module, then go mod vendor\n"
	refuse(t, app, refused, notYet+cure)
	refuse(t, app, refused, notYet+cure, "GOFLAGS=-mod=vendor", "all")
	refuse(t, app, failed, "goasync: example.com/dep lies in the vendor folder, where nothing is written; "+cure, ".", "example.com/dep")
	refuse(t, app, failed, "goasync: example.com/dep lies in the vendor folder, where nothing is written; "+cure, "fix", "example.com/dep/...")

	succeed(t, dep)
	goCommand(t, app, "mod", "vendor")
	before := read(t, app, "vendor", "example.com", "dep", "dep.go")
	succeed(t, app, "GOFLAGS=-mod=vendor", "./...")
	runs(t, app, "-mod=vendor", ".")
	goCommand(t, app, "vet", "-mod=vendor", "./...")

	edit(t, dep, "dep.go", "Fetch(n int)", "Fetch(n, k int)")
	edit(t, app, "main.go", "Fetch(2)", "Fetch(2, 1)")
	refuse(t, app, refused, "main.go:10:34: too many arguments in call to dep.Fetch; have (number, number); want (int)\n")
	change(t, filepath.Join(app, "vendor", "example.com", "dep"), "-- dep.go --\n"+strings.ReplaceAll(before, "Fetch(n int)", "Fetch(n, k int)"))
	refuse(t, app, refused, stale+"has other parameters; "+cure)
}

// So is the module cache. This module depends on one there.
func TestModuleCache(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"golang.org/x/sys/unix"}, {"fix", "golang.org/x/sys/..."}} {
		status, stdout, stderr := goasync(t, root, args...)
		if status != failed || stdout != "" || !strings.Contains(stderr, " lies in the module cache, where nothing is written; run goasync for golang.org/x/sys/") {
			t.Errorf("goasync %v: status %d\n%s%s", args, status, stdout, stderr)
		}
	}
}
