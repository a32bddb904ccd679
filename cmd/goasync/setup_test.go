package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// The tests run the command as its users do: the test binary executes itself.
func TestMain(m *testing.M) {
	if os.Getenv("GOASYNC_RUN_MAIN") != "" {
		dropPrivileges()
		main()
	}
	os.Exit(m.Run())
}

// goasync runs the command in dir. Arguments that begin with VARIABLE= go
// into its environment.
func goasync(t *testing.T, dir string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := prepare(dir, append(args, "GOASYNC_RUN_MAIN=1"), self)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if e := (*exec.ExitError)(nil); !errors.As(err, &e) {
			t.Fatal(err)
		}
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

var setsVariable = regexp.MustCompile(`^[A-Z_]+=`)

// prepare makes a command of the one at path, with arguments and its environment: without a
// network, and of the user's settings only those that find Go.
func prepare(dir string, args []string, path string) *exec.Cmd {
	cmd := exec.Command(path)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=", "PWD="+dir)
	for _, arg := range args {
		if setsVariable.MatchString(arg) {
			cmd.Env = append(cmd.Env, arg)
		} else {
			cmd.Args = append(cmd.Args, arg)
		}
	}
	return cmd
}

// goCommand runs the go command, which must succeed, and returns what it says.
func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := prepare(dir, args, "go").CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// succeed runs the command and expects that it says nothing.
func succeed(t *testing.T, dir string, args ...string) {
	t.Helper()
	if status, stdout, stderr := goasync(t, dir, args...); status != done || stdout+stderr != "" {
		t.Fatalf("goasync %s: status %d\n%s%s", strings.Join(args, " "), status, stdout, stderr)
	}
}

// refuse runs the command and compares status and whole message.
func refuse(t *testing.T, dir string, status int, message string, args ...string) {
	t.Helper()
	got, stdout, stderr := goasync(t, dir, args...)
	stderr = strings.ReplaceAll(stderr, dir, "$DIR")
	if got != status || stdout != "" || stderr != message {
		t.Errorf("goasync %s: status %d, want %d\ngot:  %q\nwant: %q", strings.Join(args, " "), got, status, stdout+stderr, message)
	}
}

// project makes a module of the files of a txtar archive and returns its folder.
func project(t *testing.T, archive string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	change(t, dir, "-- go.mod --\nmodule example.com/m\n"+requireRT(t)+archive)
	return dir
}

// requireRT is what a go.mod says after its module line to have this checkout's rt.
func requireRT(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return "\ngo 1.26.0\n\nrequire github.com/goasync/goasync v0.0.0\n\nreplace github.com/goasync/goasync => " + root + "\n"
}

// change writes the files of a txtar archive below dir.
func change(t *testing.T, dir, archive string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// build has the go command compile the whole project.
func build(t *testing.T, dir string) {
	t.Helper()
	goCommand(t, dir, "build", "./...")
}

// names returns the paths of all files below dir but go.mod.
func names(t *testing.T, dir string) string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() && e.Name() != "go.mod" {
			rel, _ := filepath.Rel(dir, path)
			list = append(list, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, " ")
}

// expectFiles compares the names of the files below dir.
func expectFiles(t *testing.T, dir, want string) {
	t.Helper()
	if got := names(t, dir); got != want {
		t.Errorf("files are\n%s, want\n%s", got, want)
	}
}

// expectSorted compares them with a list in any order.
func expectSorted(t *testing.T, dir string, want []string) {
	t.Helper()
	got := strings.Fields(names(t, dir))
	slices.Sort(got)
	if want = slices.Sorted(slices.Values(want)); !slices.Equal(got, want) {
		t.Errorf("files are\n%s, want\n%s", got, want)
	}
}

func read(t *testing.T, elem ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// edit replaces text in a file, which must have it.
func edit(t *testing.T, dir, name, from, to string) {
	t.Helper()
	text := read(t, dir, name)
	if !strings.Contains(text, from) {
		t.Fatalf("%s has no %q:\n%s", name, from, text)
	}
	change(t, dir, "-- "+name+" --\n"+strings.ReplaceAll(text, from, to))
}
