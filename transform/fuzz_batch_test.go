package transform

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A verdict is what came of one program.
type verdict struct {
	kind   string // "" if all is well
	detail string
}

const (
	refusedProgram = "diagnostic"        // the transformer refused it
	brokenRun      = "transformer panic" //
	brokenOutput   = "build"             // what it made does not compile
	vetted         = "vet"               // go vet complains of what it made
	differs        = "difference"        // the two forms do different things
	crashed        = "crash"             // a run took the process with it
)

// A batch is a module of random programs, each a package of its own, that is
// compiled and run at once.
type batch struct {
	t       testing.TB
	dir     string
	env     []string
	scripts int // that have been run so far
}

func newBatch(t testing.TB) *batch {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	b := &batch{t: t, dir: t.TempDir()}
	b.env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	b.write("go.mod", fmt.Sprintf("module random\n\ngo 1.26\n\nrequire github.com/goasync/goasync v0.0.0\n\nreplace github.com/goasync/goasync => %s\n", root))
	b.write("world/world.go", worldSource+worldHelpers+worldRunner)
	return b
}

func (b *batch) write(name, text string) {
	path := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func packageName(i int) string { return fmt.Sprintf("p%03d", i) }

// run compiles the programs, which are named p000, p001, …, and runs them.
func (b *batch) run(sources []string, vet bool) []verdict {
	verdicts := make([]verdict, len(sources))
	b.prepare(sources, verdicts)
	b.build(verdicts)
	if vet {
		b.vet(verdicts)
	}
	b.execute(verdicts)
	return verdicts
}

// prepare writes the programs and what is made of them.
func (b *batch) prepare(sources []string, verdicts []verdict) {
	old, _ := filepath.Glob(filepath.Join(b.dir, "p[0-9]*"))
	for _, path := range old {
		os.RemoveAll(path)
	}
	os.Remove(filepath.Join(b.dir, "main.go"))
	for i, src := range sources {
		b.write(packageName(i)+"/p.go", src)
	}
	if !b.transform(verdicts, "./...") {
		for i := range sources {
			b.transform(verdicts[i:i+1], "./"+packageName(i))
		}
	}
}

// transform runs the transformer; it fails if that panics for several.
func (b *batch) transform(verdicts []verdict, pattern string) (ok bool) {
	defer func() {
		if p := recover(); p != nil {
			if ok = len(verdicts) == 1; !ok {
				return
			}
			verdicts[0] = verdict{brokenRun, fmt.Sprintf("%v\n%s", p, stack())}
		}
	}()
	result, err := Run(Options{Dir: b.dir, Patterns: []string{pattern}, Env: b.env})
	if err != nil {
		panic(err)
	}
	for _, d := range result.Diagnostics {
		i := 0
		if len(verdicts) > 1 {
			i = b.index(d.Pos.Filename)
		}
		verdicts[i].kind = refusedProgram
		verdicts[i].detail += d.String() + "\n"
	}
	for _, f := range result.Files {
		if err := os.WriteFile(f.Path, f.Content, 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
	return true
}

// stack is where a panic began, the transformer's own lines alone.
func stack() (at string) {
	for line := range strings.Lines(string(debug.Stack())) {
		if strings.Contains(line, "/transform/") && !strings.Contains(line, "_test.go") {
			at += line
		}
	}
	return at
}

var packageInPath = regexp.MustCompile(`\bp(\d\d\d)\b`)

// index finds the number of the package in a path, -1 if there is none.
func (b *batch) index(path string) int {
	m := packageInPath.FindStringSubmatch(path)
	if m == nil {
		return -1
	}
	i, _ := strconv.Atoi(m[1])
	return i
}

// command runs a program in the module.
func (b *batch) command(timeout time.Duration, name string, args ...string) (stdout, stderr string, err error) {
	ctx, stop := context.WithTimeout(context.Background(), timeout)
	defer stop()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = b.dir, b.env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// build compiles what was made, and again without what does not compile.
func (b *batch) build(verdicts []verdict) {
	for range 3 {
		var imports, list strings.Builder
		for i, v := range verdicts {
			if v.kind == "" {
				fmt.Fprintf(&imports, "\t%q\n", "random/"+packageName(i))
				fmt.Fprintf(&list, "\t%q: %s.Program,\n", packageName(i), packageName(i))
			}
		}
		b.write("main.go", fmt.Sprintf(mainSource, imports.String(), list.String()))
		_, errs, err := b.command(5*time.Minute, "go", "build", "-gcflags=random/...=-N -l -dwarf=false", "-ldflags=-s -w", "-o", "random.exe", ".")
		if err == nil {
			return
		}
		found := false
		i := -1
		for line := range strings.Lines(errs) {
			if n := b.index(line); n >= 0 {
				i = n
			}
			if i >= 0 {
				verdicts[i].kind = brokenOutput
				verdicts[i].detail += line
				found = true
			}
		}
		if !found {
			b.t.Fatalf("go build: %v\n%s", err, errs)
		}
	}
}

var vetLine = regexp.MustCompile(`^(?:vet: )?(p\d\d\d)/p(_async)?\.go:\d+:\d+: (.*)\n`)

// vet notes complaints about what was made, unless the source has them too.
func (b *batch) vet(verdicts []verdict) {
	_, errs, _ := b.command(5*time.Minute, "go", "vet", "./...")
	source := map[string]bool{}
	for line := range strings.Lines(errs) {
		if m := vetLine.FindStringSubmatch(line); m != nil && m[2] == "" {
			source[m[1]+key(m[3])] = true
		}
	}
	for line := range strings.Lines(errs) {
		m := vetLine.FindStringSubmatch(line)
		if m == nil || m[2] == "" || source[m[1]+key(m[3])] {
			continue
		}
		if v := &verdicts[b.index(m[1])]; v.kind == "" || v.kind == vetted {
			v.kind = vetted
			v.detail += line
		}
	}
}

// key is a complaint without the names of variables.
func key(complaint string) string {
	for _, about := range []string{"self-assignment", "redundant and", "redundant or"} {
		if strings.HasPrefix(complaint, about) {
			return about
		}
	}
	return complaint
}

// mainSource compares the programs that its arguments name, and prints
// "run p000" before each and "end p000 12" behind, differences between.
const mainSource = `package main

import (
	"fmt"
	"os"
	"time"

	"random/world"
%s)

var programs = map[string]world.Program{
%s}

func main() {
	for _, name := range os.Args[1:] {
		fmt.Println("run", name)
		timer := time.AfterFunc(2*time.Minute, func() { panic("does not end") })
		scripts, diff := world.Compare(programs[name], 8)
		timer.Stop()
		fmt.Print(diff)
		fmt.Println("end", name, scripts)
	}
}
`

// execute runs the programs, after a crash those that are left.
func (b *batch) execute(verdicts []verdict) {
	var left []string
	for i, v := range verdicts {
		if v.kind == "" || v.kind == vetted {
			left = append(left, packageName(i))
		}
	}
	for len(left) > 0 {
		out, errs, err := b.command(5*time.Minute, filepath.Join(b.dir, "random.exe"), left...)
		at, detail := -1, ""
		for line := range strings.Lines(out) {
			switch f := strings.Fields(line); {
			case len(f) == 2 && f[0] == "run":
				at, detail = b.index(f[1]), ""
			case len(f) == 3 && f[0] == "end":
				n, _ := strconv.Atoi(f[2])
				b.scripts += n
				if detail != "" {
					verdicts[at] = verdict{differs, detail}
				}
				left = slices.DeleteFunc(left, func(s string) bool { return s == f[1] })
				at = -1
			default:
				detail += line
			}
		}
		if err == nil {
			return
		}
		if at < 0 {
			b.t.Fatalf("%v\n%s", err, errs)
		}
		verdicts[at] = verdict{crashed, err.Error() + "\n" + errs[:min(len(errs), 3000)]}
		left = slices.DeleteFunc(left, func(s string) bool { return s == packageName(at) })
	}
}
