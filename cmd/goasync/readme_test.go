package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The first program of README.md is a function alone. With these lines before it, it is a file.
const smallHeader = `package small

import (
	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

`

// TestReadme compiles the programs in README.md, and looks for what it calls generated code in the example that it names.
func TestReadme(t *testing.T) {
	readme := read(t, "..", "..", "README.md")
	var programs, excerpts []string
	for _, block := range regexp.MustCompile("(?s)\n```go\n(.*?)```\n").FindAllStringSubmatch(readme, -1) {
		if strings.Contains(block[1], "//async:func") {
			programs = append(programs, block[1])
		} else {
			excerpts = append(excerpts, block[1])
		}
	}
	if len(programs) != 2 || len(excerpts) == 0 {
		t.Fatalf("README.md has %d programs, %d excerpts of generated code; this test knows a function and a program, and some excerpts",
			len(programs), len(excerpts))
	}

	dir := project(t, "-- small/small.go --\n"+smallHeader+programs[0]+"-- program/main.go --\n"+programs[1])
	// Package poll depends on a module: what go get would add to go.mod.
	mod := read(t, dir, "go.mod") + regexp.MustCompile(`(?s)\nrequire .*`).FindString(read(t, "..", "..", "go.mod"))
	change(t, dir, "-- go.mod --\n"+mod+"-- go.sum --\n"+read(t, "..", "..", "go.sum"))
	if unformatted, err := exec.Command("gofmt", "-l", dir).Output(); err != nil || len(unformatted) > 0 {
		t.Errorf("gofmt would change %q, %v", unformatted, err)
	}
	succeed(t, dir, "./...")
	expectFiles(t, dir, "go.sum program/main.go program/main_async.go small/small.go small/small_async.go")
	build(t, dir)

	generated := read(t, "..", "..", "example", "echo", "main_async.go")
	for _, text := range excerpts {
		if !strings.Contains(generated, text) {
			t.Errorf("not in example/echo/main_async.go:\n%s", text)
		}
	}
}

// TestReadmeLinks looks for the files that README.md links to.
func TestReadmeLinks(t *testing.T) {
	links := regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(read(t, "..", "..", "README.md"), -1)
	if len(links) == 0 {
		t.Error("README.md has no links")
	}
	for _, link := range links {
		if found, err := filepath.Glob(filepath.Join("..", "..", link[1])); err != nil || len(found) == 0 {
			t.Errorf("README.md links to %s, which is not there", link[1])
		}
	}
}
