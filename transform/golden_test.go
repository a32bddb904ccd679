package transform

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// goldenDir holds one archive a behaviour, named construct-behaviour: why it
// is so in the archive's comment; in.go, what the user writes, and main.go,
// which runs it in the plain and then in the generated form; in_async.go, what
// is generated; and stdout, what main prints.
const goldenDir = "../testdata/golden"

// TestGolden compiles all archives and compares what comes out. With -update
// it writes that into the archives; one whose code does not pass vet, does not
// run, or prints something else in the generated form than in the plain one is
// left as it is.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(goldenDir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in %s: %v", goldenDir, err)
	}
	dir := goldenModule(t)
	archives := map[string]*txtar.Archive{}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		archives[name] = a
		for _, f := range a.Files {
			if f.Name == "in.go" || f.Name == "main.go" {
				writeFile(t, filepath.Join(dir, name, f.Name), f.Data)
			}
		}
	}
	result, err := Run(Options{Dir: dir, Patterns: []string{"./..."}, Env: goldenEnv()})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		t.Errorf("refused: %v", d)
	}
	made := map[string][]byte{}
	for _, f := range result.Files {
		made[filepath.Base(filepath.Dir(f.Path))] = f.Content
		writeFile(t, f.Path, f.Content)
	}
	for name, a := range archives {
		t.Run(name, func(t *testing.T) {
			if bytes.Equal(made[name], archived(a, "in_async.go")) && len(archived(a, "stdout")) > 0 {
				return
			}
			if !*update {
				t.Errorf("other code is generated: go test ./transform -run Golden -update\n%s", diffLines(archived(a, "in_async.go"), made[name]))
				return
			}
			stdout := runGolden(t, dir, name)
			if t.Failed() {
				return
			}
			archive(a, "in_async.go", made[name])
			archive(a, "stdout", stdout)
			writeFile(t, filepath.Join(goldenDir, name+".txtar"), txtar.Format(a))
		})
	}
}

// goldenModule makes a module that uses this one.
func goldenModule(t testing.TB) (dir string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	writeFile(t, filepath.Join(dir, "go.mod"), []byte("module golden\n\ngo 1.26\n\n"+
		"require github.com/goasync/goasync v0.0.0\n\nreplace github.com/goasync/goasync => "+root+"\n"))
	return dir
}

func goldenEnv() []string {
	return append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
}

// runGolden vets and runs one program, and returns what it printed: in both
// forms the same.
func runGolden(t *testing.T, dir, name string) []byte {
	t.Helper()
	for _, args := range [][]string{{"vet", "./" + name}, {"run", "./" + name}} {
		cmd := exec.Command("go", args...)
		cmd.Dir, cmd.Env = dir, goldenEnv()
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go %s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.Bytes())
		}
		if args[0] == "run" {
			lines := slices.Collect(bytes.Lines(out))
			half := len(lines) / 2
			if half == 0 || !bytes.Equal(bytes.Join(lines[:half], nil), bytes.Join(lines[half:], nil)) {
				t.Fatalf("the two forms print different things:\n%s", out)
			}
			return out
		}
	}
	return nil
}

// archived is the file of an archive, nil if it has none.
func archived(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// archive puts a file into an archive.
func archive(a *txtar.Archive, name string, data []byte) {
	for i, f := range a.Files {
		if f.Name == name {
			a.Files[i].Data = data
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: data})
}

func writeFile(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// diffLines shows the first lines in which two texts differ.
func diffLines(want, got []byte) string {
	w, g := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	i := 0
	for i < len(w) && i < len(g) && w[i] == g[i] {
		i++
	}
	show := func(lines []string) string {
		return strings.Join(lines[min(max(0, i-2), len(lines)):min(i+5, len(lines))], "\n\t")
	}
	return "want:\n\t" + show(w) + "\ngot:\n\t" + show(g)
}

// TestDocNamesGoldens sees that each golden belongs to a section of doc.go,
// and that there are those which a section names.
func TestDocNamesGoldens(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^// # .*goldens ([^)]*)\)$`).FindAllStringSubmatch(string(doc), -1) {
		for pattern := range strings.SplitSeq(m[1], ", ") {
			paths, err := filepath.Glob(filepath.Join(goldenDir, pattern+".txtar"))
			if err != nil || len(paths) == 0 {
				t.Errorf("doc.go names goldens %s, and there are none (%v)", pattern, err)
			}
			for _, path := range paths {
				named[path] = true
			}
		}
	}
	all, err := filepath.Glob(filepath.Join(goldenDir, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		if !named[path] {
			t.Errorf("no section of doc.go names %s", filepath.Base(path))
		}
	}
}
