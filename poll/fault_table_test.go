//go:build linux

package poll

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// faults is how many promises FAULTS.md has a row for.
const faults = 43

// overs are what a row of FAULTS.md may say that its tests are over.
var overs = []string{"TCP", "Unix", "UDP", "TLS", "pipes", "files", "any"}

func TestFaultsTable(t *testing.T) {
	tests := testFunctions(t)
	file, err := os.Open("FAULTS.md")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	row := regexp.MustCompile(`^\| (F\d\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`)
	named := make(map[string]string) // by test that carries a number: the row that names it
	want := 1
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if !strings.HasPrefix(line, "| F") {
			continue
		}
		cells := row.FindStringSubmatch(line)
		if cells == nil {
			t.Errorf("not a row of the table: %s", line)
			continue
		}
		number, state, over := cells[1], cells[3], cells[5]
		if number != fmt.Sprintf("F%02d", want) {
			t.Fatalf("row %s where F%02d should stand", number, want)
		}
		want++
		if state != "kept" && state != "kept by rt" {
			t.Errorf("%s is %q: it must be kept, or kept by rt", number, state)
		}
		for _, o := range strings.Split(over, ", ") {
			if !slices.Contains(overs, o) {
				t.Errorf("%s is over %q, want one of %q", number, o, overs)
			}
		}
		own := 0
		for _, quoted := range strings.Split(cells[4], ", ") {
			name := strings.Trim(quoted, "`")
			if !tests[name] {
				t.Errorf("%s names the test %s, which does not exist", number, name)
			}
			if numberOf(name) == number {
				named[name] = number
				own++
			}
		}
		if own == 0 {
			t.Errorf("no test of %s carries its number", number)
		}
	}
	if want != faults+1 {
		t.Errorf("the last row is F%02d, want F%02d", want-1, faults)
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		switch number := numberOf(name); {
		case number != "" && named[name] == "":
			t.Errorf("row %s does not name %s", number, name)
		case number == "" && strings.Contains(name, "SweepOf") && !strings.HasPrefix(name, "rt."):
			t.Errorf("%s is of no promise: a sweep is of F31 or F32, or another row, and its name carries the number", name)
		}
	}
}

// numberOf returns the number of the promise that a test carries, "" for none.
func numberOf(test string) string {
	m := regexp.MustCompile(`(?:^|\.)Test(F\d\d)_`).FindStringSubmatch(test)
	if m == nil {
		return ""
	}
	return m[1]
}

// testFunctions returns the names of the tests of this package, of tlspoll and of rt and what is below that.
func testFunctions(t *testing.T) map[string]bool {
	found := make(map[string]bool)
	for pattern, prefix := range map[string]string{
		"*_test.go": "", "tlspoll/*_test.go": "tlspoll.", "../rt/*_test.go": "rt.", "../rt/*/*_test.go": "rt.",
	} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
					found[prefix+f.Name.Name] = true
				}
			}
		}
	}
	return found
}
