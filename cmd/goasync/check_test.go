package main

import (
	"os"
	"path/filepath"
	"testing"
)

// lists runs goasync check, which must print these lines, refuse nothing and
// leave the files below dir as they are.
func lists(t *testing.T, dir, want string, args ...string) {
	t.Helper()
	before := names(t, dir)
	status, stdout, stderr := goasync(t, dir, append([]string{"check"}, args...)...)
	wantStatus := done
	if want != "" {
		wantStatus = refused
	}
	if status != wantStatus || stdout != want || stderr != "" {
		t.Errorf("goasync check %v: status %d, want %d\n%s%swant:\n%s", args, status, wantStatus, stdout, stderr, want)
	}
	expectFiles(t, dir, before)
}

// Check names what is missing, stale and without a source, and writes nothing.
func TestCheck(t *testing.T) {
	t.Parallel()
	dir := project(t, nap+`
-- b/b.go --
package b

// async
func f() error { return nil }
-- b/b_test.go --
package b

// async
func g() error { return nil }
-- b/extra.go --
//go:build extra

package b

// async
func h() error { return nil }
-- plain/plain.go --
package plain
`)
	lists(t, dir, "b/b_async.go\nb/b_async_test.go\nnap_async.go\n", "./...") // missing
	lists(t, dir, "nap_async.go\n")
	lists(t, dir, "b_async.go\nb_async_test.go\n", "-C", "b")

	succeed(t, dir, "./...")
	lists(t, dir, "", "./...")
	lists(t, dir, "b/extra_async.go\n", "-tags=extra", "./...") // another build

	// A body has changed, which no compiler would notice.
	stale := read(t, dir, "nap_async.go")
	edit(t, dir, "nap.go", "rt.Sleep(d)", "rt.Sleep(2 * d)")
	edit(t, dir, "b/b.go", "// async\n", "")
	if err := os.Remove(filepath.Join(dir, "b", "b_test.go")); err != nil {
		t.Fatal(err)
	}
	lists(t, dir, "b/b_async.go\nb/b_async_test.go\nnap_async.go\n", "./...")
	if read(t, dir, "nap_async.go") != stale {
		t.Error("it wrote nap_async.go")
	}
	succeed(t, dir, "./...")
	lists(t, dir, "", "./...")
	expectFiles(t, dir, "b/b.go b/extra.go nap.go nap_async.go plain/plain.go")
}

// What is refused is printed as otherwise, beside the files of the packages that are not.
func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	dir := project(t, nap+"-- bad/bad.go --\npackage bad\n\n// async\nfunc bad() {}\n")
	status, stdout, stderr := goasync(t, dir, "check", "./...")
	const message = "bad/bad.go:4:6: async function bad does not return an error as its last result; add one, since any await can be cancelled\n"
	if status != refused || stdout != "nap_async.go\n" || stderr != message {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	succeed(t, dir)
	refuse(t, dir, refused, message, "check", "./...")
	refuse(t, dir, failed, "goasync: check after a flag; write goasync check first, for the package in the folder check ./check\n", "-C", ".", "check")
}

// A refusal in a test file keeps back what its own package of tests would become, and no more.
func TestRefusedTests(t *testing.T) {
	t.Parallel()
	dir := project(t, nap+`
-- bad_test.go --
package m

// async
func bad() {}
-- good_test.go --
package m

// async
func good() error { return nil }
-- outside_test.go --
package m_test

// async
func outside() error { return nil }
`)
	refuse(t, dir, refused, "bad_test.go:4:6: async function bad does not return an error as its last result; add one, since any await can be cancelled\n")
	expectFiles(t, dir, "bad_test.go good_test.go nap.go nap_async.go outside_async_test.go outside_test.go")
}
