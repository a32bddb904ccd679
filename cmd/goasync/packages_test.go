package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPackages(t *testing.T) {
	t.Parallel()
	dir := project(t, nap+`
-- fetch/fetch.go --
package fetch

import "github.com/goasync/goasync/rt"

type Client struct{ n int }

// async
func (c *Client) Size(u string) (int, error) {
	if err := rt.Await0(rt.Sleep(1)); err != nil {
		return 0, err
	}
	return len(u) + c.n, nil
}
-- between/between.go --
package between

import "example.com/m/fetch"

type Client = fetch.Client
-- crawl/crawl.go --
package crawl

import (
	"example.com/m/between"
	io "github.com/goasync/goasync/rt"
)

// async
func all(c *between.Client, urls []string) (total int, err error) {
	for _, u := range urls {
		n, err := io.Await(c.Size(u))
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func start() (int, error) { return io.RunAsync((&between.Client{}).SizeAsync("u")) }
-- bad/bad.go --
package bad

// async
func bad() {}
-- bad/good.go --
package bad

// async
func good() error { return nil }
-- plain/plain.go --
package plain

var unrelated int = "error"
`)
	refuse(t, dir, refused, "bad/bad.go:4:6: async function bad does not return an error as its last result; add one, since any await can be cancelled\n", "./...")
	expectFiles(t, dir, "bad/bad.go bad/good.go between/between.go crawl/crawl.go crawl/crawl_async.go fetch/fetch.go fetch/fetch_async.go nap.go nap_async.go plain/plain.go")
	if err := os.RemoveAll(filepath.Join(dir, "plain")); err != nil {
		t.Fatal(err)
	}
	build(t, dir)

	change(t, dir, "-- bad/bad.go --\npackage bad\n")
	succeed(t, dir, "./bad", "./fetch")
	succeed(t, filepath.Dir(dir), "-C", filepath.Base(dir), "./crawl")
}

// An async form of another name is found in a package that is not compiled
// in the same run.
func TestTwinOfDependency(t *testing.T) {
	t.Parallel()
	dir := project(t, `
-- lib/lib.go --
package lib

import "github.com/goasync/goasync/rt"

type Client struct{}

//async:twin Later
func (*Client) Now() error { return rt.Await0(rt.Sleep(1)) }

//async:twin FetchLater
func Fetch() (int, error) { return 1, nil }
-- use/use.go --
package use

import (
	"example.com/m/lib"
	"github.com/goasync/goasync/rt"
)

// async
func use(c *lib.Client) (int, error) {
	if err := rt.Await0(c.Now()); err != nil {
		return 0, err
	}
	return rt.Await(lib.Fetch())
}
`)
	refuse(t, dir, refused, "use/use.go:10:12: rt.Await0 of c.Now, which is marked and has no async form Later yet; run goasync for example.com/m/lib too\n"+
		"use/use.go:13:9: rt.Await of lib.Fetch, which is marked and has no async form FetchLater yet; run goasync for example.com/m/lib too\n", "./use")
	succeed(t, dir, "./lib")
	succeed(t, dir, "./use")
	build(t, dir)
}

func TestTags(t *testing.T) {
	t.Parallel()
	dir := project(t, `
-- m.go --
package m
-- extra.go --
//go:build extra

package m

// async
func extra() error { return nil }
`)
	succeed(t, dir)
	expectFiles(t, dir, "extra.go m.go")
	succeed(t, dir, "-tags", "more,extra")
	expectFiles(t, dir, "extra.go extra_async.go m.go")
	succeed(t, dir) // the other build's file stays
	expectFiles(t, dir, "extra.go extra_async.go m.go")
	if text := read(t, dir, "extra_async.go"); !strings.Contains(text, "\n//go:build extra\n") {
		t.Errorf("no constraint:\n%s", text)
	}
}

// Test files are compiled with what they test: inside the package, and as a
// package of their own that also imports the package through another.
func TestTestFiles(t *testing.T) {
	t.Parallel()
	dir := project(t, nap+`
-- export_test.go --
package m

const Exported = 1

// async
func Export(n int) (int, error) { return n, nil }
-- nap_test.go --
package m

import (
	"testing"

	"github.com/goasync/goasync/rt"
)

// async
func twice() error {
	if _, err := rt.Await(nap(1)); err != nil {
		return err
	}
	_, err := rt.Await(Export(1))
	return err
}

func TestTwice(t *testing.T) {
	t.Parallel()
	if err := rt.RunAsync0(twiceAsync()); err != nil {
		t.Fatal(err)
	}
}
-- outside_test.go --
package m_test

import (
	"testing"

	"example.com/m"
	"example.com/m/user"
	"github.com/goasync/goasync/rt"
)

// async
func outside(t user.T) (int, error) {
	n, err := rt.Await(m.Export(m.Exported))
	if err != nil {
		return 0, err
	}
	k, err := rt.Await(user.Use(t))
	return n + k, err
}

func TestOutside(t *testing.T) {
	t.Parallel()
	if n, err := rt.RunAsync(outsideAsync(m.T{})); n != 2 || err != nil {
		t.Fatal(n, err)
	}
}
-- t.go --
package m

type T struct{}
-- user/user.go --
package user

import "example.com/m"

type T = m.T

// async
func Use(T) (int, error) { return 1, nil }
-- only/only_test.go --
package only

// async
func only() error { return nil }
`)
	succeed(t, dir, "./...")
	expectFiles(t, dir, "export_async_test.go export_test.go nap.go nap_async.go nap_async_test.go nap_test.go "+
		"only/only_async_test.go only/only_test.go outside_async_test.go outside_test.go t.go user/user.go user/user_async.go")
	goCommand(t, dir, "test", "./...")
	// Stale ones are in nobody's way.
	for _, rest := range []string{"broken", "import _ \"none/such\"\n", "import _ \"example.com/m/user\"\n"} {
		change(t, dir, "-- nap_async_test.go --\n// Code generated by goasync from nap_test.go. DO NOT EDIT.\n\npackage m\n\n"+rest)
		succeed(t, dir, "./...")
	}
	goCommand(t, dir, "vet", "./...")
	change(t, dir, "-- export_test.go --\npackage m\n\nconst Exported = 1\n\nfunc Export(n int) (int, error) { return n, nil }\n")
	refuse(t, dir, refused, "nap_test.go:14:12: rt.Await of Export, which has no async form ExportAsync; mark Export with //async, or call it without rt.Await\n"+
		"outside_test.go:13:12: rt.Await of m.Export, which has no async form ExportAsync; mark Export with //async, or call it without rt.Await\n")
	change(t, dir, "-- nap_test.go --\npackage m\n-- outside_test.go --\npackage m_test\n")
	succeed(t, dir)
	expectFiles(t, dir, "export_test.go nap.go nap_async.go nap_test.go "+
		"only/only_async_test.go only/only_test.go outside_test.go t.go user/user.go user/user_async.go")
}

// A program has tests, inside and outside, in a folder of another name.
func TestProgramWithTests(t *testing.T) {
	t.Parallel()
	dir := project(t, `
-- cmd/x-y/main.go --
package main

import "github.com/goasync/goasync/rt"

// async
func f() (int, error) { return 1, rt.Await0(rt.Sleep(1)) }

func main() { println(rt.RunAsync(fAsync())) }
-- cmd/x-y/in_test.go --
package main

import "github.com/goasync/goasync/rt"

type T struct{ N int }

// async
func Export() (T, error) {
	n, err := rt.Await(f())
	return T{n}, err
}
-- cmd/x-y/out_test.go --
package main_test

import (
	"testing"

	. "example.com/m/cmd/x-y"
	"github.com/goasync/goasync/rt"
)

// async
func out() (int, error) {
	v, err := rt.Await(Export())
	if err := rt.Await0(rt.Sleep(1)); err != nil {
		return 0, err
	}
	return v.N, err
}

func TestOut(t *testing.T) {
	if n, err := rt.RunAsync(outAsync()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
}
`)
	succeed(t, dir, "./...")
	expectFiles(t, dir, "cmd/x-y/in_async_test.go cmd/x-y/in_test.go cmd/x-y/main.go cmd/x-y/main_async.go cmd/x-y/out_async_test.go cmd/x-y/out_test.go")
	goCommand(t, dir, "test", "./...")
}
