package rt_test

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// statements is how many statements CONFORMANCE.md has a row for.
const statements = 250

func TestConformanceTable(t *testing.T) {
	tests := testFunctions(t)
	file, err := os.Open("CONFORMANCE.md")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()

	row := regexp.MustCompile("^\\| (\\d{3})(?: `\\[!\\]`)? \\| ([^|]+) \\| ([^|]+) \\| (.+) \\|$")
	named := make(map[string]bool)
	want := 1
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "## ") { // the table has ended
			break
		}
		if !strings.HasPrefix(line, "| 0") && !strings.HasPrefix(line, "| 1") && !strings.HasPrefix(line, "| 2") {
			continue
		}
		cells := row.FindStringSubmatch(line)
		if cells == nil {
			t.Errorf("not a row of the table: %s", line)
			continue
		}
		number, state, last := cells[1], cells[3], cells[4]
		if number != fmt.Sprintf("%03d", want) {
			t.Fatalf("row %s where %03d should stand", number, want)
		}
		want++
		switch state {
		case "done":
			name := strings.Trim(last, "`")
			named[name] = true
			if !tests[name] {
				t.Errorf("%s names the test %s, which does not exist", number, name)
			}
		case "no Go meaning":
			if last == "" {
				t.Errorf("%s is %q without a reason", number, state)
			}
		default:
			t.Errorf("%s is %q: it must be done, or have no Go meaning", number, state)
		}
	}
	if want != statements+1 {
		t.Errorf("the last row is %03d, want %03d", want-1, statements)
	}
	conformance := regexp.MustCompile(`^TestC(\d{3})_`)
	numbered := make(map[string]bool)
	for name := range named {
		if m := conformance.FindStringSubmatch(name); m != nil {
			numbered[m[1]] = true
		}
	}
	for name := range tests {
		if m := conformance.FindStringSubmatch(name); m != nil && !numbered[m[1]] {
			t.Errorf("no row names %s or another test of its number", name)
		}
	}
}

// testFunctions returns the names of the tests of the packages that conform: rt, and what is below and beside it.
func testFunctions(t *testing.T) map[string]bool {
	found := make(map[string]bool)
	for _, pattern := range []string{"*_test.go", "*/*_test.go", "../poll/*_test.go"} {
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
					found[f.Name.Name] = true
				}
			}
		}
	}
	return found
}
