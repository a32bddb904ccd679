package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Here is what other compilers were found to do with a user's files, and this
// one must not. What they do with single constructs is in testdata/lang/peers.

// An unusual source: as gofmt would not have it, with comments everywhere.
const untidy = `
-- untidy.go --
package   m

import ( "github.com/goasync/goasync/rt" )

/* doc */ // of f
//
// async
func f( n   int )(int,error){ // head
	for i:=range n{ /* in the loop */
		if err:=rt.Await0( rt.Sleep(1) );err!=nil{ return i , err } // behind
	}; return n,nil }
-- untidy_test.go --
package m

import "testing"

// async
func g() error {  return nil  }

func TestG(t *testing.T) {  g() }
`

// Sources are only read: neither a run that generates nor one that refuses
// writes to them, not even the same bytes.
func TestSourcesStay(t *testing.T) {
	t.Parallel()
	dir := project(t, untidy)
	sources := strings.Fields(names(t, dir))
	type state struct {
		text string
		info os.FileInfo
	}
	look := func() (list []state) {
		for _, name := range sources {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, state{read(t, dir, name), info})
		}
		return list
	}
	before := look()
	succeed(t, dir)
	change(t, dir, "-- bad.go --\npackage m\n\n// async\nfunc bad() {}\n")
	if status, _, _ := goasync(t, dir); status != refused {
		t.Fatalf("status %d, want %d", status, refused)
	}
	for i, after := range look() {
		if after.text != before[i].text || !os.SameFile(after.info, before[i].info) || !after.info.ModTime().Equal(before[i].info.ModTime()) {
			t.Errorf("%s was written to", sources[i])
		}
	}
}

// Before anything is generated, the plain form runs, and what needs the
// generated one does not compile: nothing that would hang stands in its place.
func TestNotGenerated(t *testing.T) {
	t.Parallel()
	dir := project(t, `
-- main.go --
package main

import (
	"fmt"

	"github.com/goasync/goasync/rt"
)

// async
func count(n int) (sum int, err error) {
	for i := range n {
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return sum, err
		}
		sum += i
	}
	return sum, nil
}

func main() { fmt.Println(rt.Run(func() (int, error) { return count(4) })) }
-- on/on.go --
package on

import "github.com/goasync/goasync/rt"

// async
func count() error { return nil }

func start() error { return rt.RunAsync0(countAsync()) }
`)
	const sum = "6 <nil>\n"
	if out := goCommand(t, dir, "run", "."); out != sum {
		t.Errorf("the plain form alone prints %q, want %q", out, sum)
	}
	if out, err := prepare(dir, []string{"build", "./on"}, "go").CombinedOutput(); err == nil || !strings.Contains(string(out), "undefined: countAsync") {
		t.Errorf("a use of what is not generated builds with %v: %s", err, out)
	}
	succeed(t, dir, "./...")
	build(t, dir)
}

// All that is refused is said in one run, each with its position, also of
// several functions, files and packages, and nothing is written.
func TestRefusesAllAtOnce(t *testing.T) {
	t.Parallel()
	dir := project(t, `
-- a/a.go --
package a

import "github.com/goasync/goasync/rt"

// async
func marks() int { return 1 }

// async
func awaits() error {
	go rt.Await0(rt.YieldNow())
	defer rt.Await0(rt.YieldNow())
	func() { rt.Await0(rt.YieldNow()) }()
	return rt.Await0(plain())
}
-- a/other.go --
package a

import "github.com/goasync/goasync/rt"

func plain() error { return rt.Await0(rt.YieldNow()) }
-- b/b.go --
package b

import "github.com/goasync/goasync/rt"

var early = rt.Await0(rt.YieldNow())

// async
func fine() error { return nil }
`)
	before := names(t, dir)
	status, stdout, stderr := goasync(t, dir, "./...")
	if status != refused || stdout != "" {
		t.Errorf("status %d, want %d; stdout %q", status, refused, stdout)
	}
	var got []string
	for line := range strings.Lines(stderr) {
		m := position.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("no position: %s", line)
			continue
		}
		got = append(got, m[1])
	}
	const want = "a/a.go:6:6 a/a.go:10:2 a/a.go:11:2 a/a.go:12:11 a/a.go:13:9 a/other.go:5:29 b/b.go:5:13"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("refused at %s\nwant       %s\n%s", s, want, stderr)
	}
	expectFiles(t, dir, before)
}

var position = regexp.MustCompile(`^(\S+:\d+:\d+): \S`)
