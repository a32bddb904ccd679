package transform

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestCheck compiles the packages of testdata/check in one run and compares
// every diagnostic, whole, with the comments // want "…" "…" on its line.
func TestCheck(t *testing.T) {
	result, err := Run(Options{Dir: "testdata/check", Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	holdTo(t, result.Diagnostics, wants(t, "testdata/check"))
	for _, f := range result.Files {
		t.Errorf("%s was generated for a package with diagnostics", f.Path)
	}
}

// holdTo compares diagnostics with those that are wanted.
func holdTo(t *testing.T, found []Diagnostic, want []string) {
	t.Helper()
	var got []string
	for _, d := range found {
		got = append(got, fmt.Sprintf("%s:%d: %s", d.Pos.Filename, d.Pos.Line, d.Message))
		if d.Pos.Column == 0 {
			t.Errorf("%s has no column", d)
		}
	}
	for _, w := range want {
		if i := slices.Index(got, w); i >= 0 {
			got = slices.Delete(got, i, i+1)
		} else {
			t.Errorf("missing: %s", w)
		}
	}
	for _, g := range got {
		t.Errorf("unexpected: %s", g)
	}
}

var (
	wantComment = regexp.MustCompile(`// want ((?:"(?:[^"\\]|\\.)*" ?)+)`)
	wantString  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// wants returns the messages that the comments below dir want, each with its
// file and line.
func wants(t *testing.T, dir string) []string {
	t.Helper()
	var want []string
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rel, _ := filepath.Rel(dir, path)
		for i, line := range strings.Split(string(text), "\n") {
			m := wantComment.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			for _, quoted := range wantString.FindAllString(m[1], -1) {
				message, err := strconv.Unquote(quoted)
				if err != nil {
					t.Fatalf("%s:%d: %v", path, i+1, err)
				}
				want = append(want, fmt.Sprintf("%s:%d: %s", rel, i+1, message))
			}
		}
	}
	return want
}
