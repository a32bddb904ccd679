package transform

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var runMutants = flag.Bool("mutants", false, "break the lowering in each of the ways of mutants_table_test.go, and see that the language suite notices")

// A mutant is a way to break the lowering.
type mutant struct {
	file     string // of this package
	old, new string // text that it has once, and what stands there instead
	// noticed is what fails then: a program of the suite, a test of it, the
	// compiler of what is generated, the transformer, the deadline of either, or
	// the suite as a whole, which crashes. It is nobody if the mutant does the same.
	noticed string
}

const (
	compiler    = "the compiler"
	transformer = "the transformer"
	deadline    = "the deadline"
	crash       = "the crash of the suite"
	nobody      = ""
)

// TestMutants sees that the suite notices what it is there for, and that what
// is said to do the same does. Without -mutants, which takes a quarter of an
// hour, it only checks that the mutants can be made.
func TestMutants(t *testing.T) {
	var dir string
	if *runMutants {
		dir = t.TempDir()
		copyModule(t, dir)
	}
	for _, m := range mutants {
		t.Run(m.file+"/"+oneLine(m.old), func(t *testing.T) {
			text, err := os.ReadFile(m.file)
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(text, []byte(m.old)); n != 1 {
				t.Fatalf("the text occurs %d times in %s", n, m.file)
			}
			if !*runMutants {
				return
			}
			path := filepath.Join(dir, "transform", m.file)
			writeFile(t, path, bytes.Replace(text, []byte(m.old), []byte(m.new), 1))
			defer writeFile(t, path, text)
			failed := suiteWith(t, dir)
			t.Logf("noticed by %s", strings.Join(failed, ", "))
			switch {
			case m.noticed == nobody && len(failed) > 0:
				t.Error("it is noticed")
			case m.noticed != nobody && !slices.Contains(failed, m.noticed):
				t.Errorf("%s does not notice it", m.noticed)
			}
		})
	}
}

// copyModule copies what the language suite needs of this module.
func copyModule(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, name), text)
	}
	for _, name := range []string{"cmd", "poll", "rt", "testdata", "transform"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("..", name))); err != nil {
			t.Fatal(err)
		}
	}
}

// suiteWith generates the language suite with the transformer of the module in
// dir, runs it, and returns what fails.
func suiteWith(t *testing.T, dir string) (failed []string) {
	t.Helper()
	command := func(args ...string) (string, error) {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := command("build", "-o", "mutant", "./cmd/goasync"); err != nil {
		t.Fatalf("the mutant does not compile: %s", out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "mutant"), langPatterns(t)...)
	cmd.Dir = filepath.Join(dir, "testdata", "lang")
	if err := cmd.Run(); ctx.Err() != nil {
		return []string{deadline}
	} else if err != nil {
		return []string{transformer}
	}
	out, err := command("test", "-vet=off", "-timeout=2m", "./testdata/lang/...")
	if err == nil {
		return nil
	}
	if strings.Contains(out, "[build failed]") {
		return []string{compiler}
	}
	for _, m := range failedTest.FindAllStringSubmatch(out, -1) {
		if name := m[1]; !slices.Contains(failed, name) {
			failed = append(failed, name)
		}
	}
	switch {
	case strings.Contains(out, "panic: test timed out"):
		failed = append(failed, deadline)
	case failed == nil && crashes.MatchString(out):
		failed = []string{crash}
	case failed == nil:
		failed = []string{fmt.Sprintf("its end: %s", out[max(0, len(out)-200):])}
	}
	return failed
}

// crashes matches the begin of what Go says of a program that ends so.
var crashes = regexp.MustCompile(`(?m)^(panic|fatal error): `)

// failedTest matches the names of programs, and of tests that have none.
var failedTest = regexp.MustCompile(`(?m)^ *--- FAIL: (?:TestPrograms/|TestByHand/)?(\S+)`)
