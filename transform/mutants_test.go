package transform

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var runMutants = flag.Bool("mutants", false, "break the lowering in each of the ways of mutants_table_test.go, and see that the language suite notices")

// A mutant is a way to break the lowering.
type mutant struct {
	file     string // of this package
	old, new string // text that it has once, and what stands there instead
	// noticed is what fails then: a program of the suite, a test of it, the
	// compiler of what is generated, or the transformer.
	noticed string
}

const (
	compiler    = "the compiler"
	transformer = "the transformer"
)

// TestMutants sees that the suite notices what it is there for. Without
// -mutants, which takes a quarter of an hour, it only checks that the mutants
// can be made.
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
			if !slices.Contains(failed, m.noticed) {
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
	cmd := exec.Command(filepath.Join(dir, "mutant"), langPatterns(t)...)
	cmd.Dir = filepath.Join(dir, "testdata", "lang")
	if cmd.Run() != nil {
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
	if failed == nil {
		failed = []string{fmt.Sprintf("its end: %s", out[max(0, len(out)-200):])}
	}
	return failed
}

// failedTest matches the names of programs, and of tests that have none.
var failedTest = regexp.MustCompile(`(?m)^ *--- FAIL: (?:TestPrograms/|TestByHand/)?(\S+)`)
