package main

import (
	"os/exec"
	"strings"
	"testing"
)

// needsCgo skips a test where there is no C compiler.
func needsCgo(t *testing.T) {
	t.Helper()
	fields := strings.Fields(goCommand(t, t.TempDir(), "env", "CGO_ENABLED", "CC"))
	if len(fields) < 2 || fields[0] != "1" {
		t.Skip("cgo is not enabled")
	}
	if _, err := exec.LookPath(fields[1]); err != nil {
		t.Skipf("there is no C compiler: %v", err)
	}
}

const cFile = `
-- c.go --
package main

/*
#include <stdlib.h>

typedef struct { int a; char *name; } pair;
enum { N = 3 };

int count;
int add(int a, int b) { count++; return a + b; }
*/
import "C"

import (
	"slices"
	"unsafe"
)

type id C.int

type handle struct {
	p *C.pair
	n C.int
}

func newID() id { return 4 }

func newHandle() handle {
	p := (*C.pair)(C.malloc(C.sizeof_pair))
	*p = C.pair{a: C.add(1, 2), name: C.CString("x")}
	return handle{p, p.a}
}

func (h handle) free() {
	C.free(unsafe.Pointer(h.p.name))
	C.free(unsafe.Pointer(h.p))
}

func add(a, b C.int) C.int { return C.add(a, b) }

func newInt() *C.int { return new(C.int) }

func others() int {
	var all [C.N]C.int
	all[1] = 7
	n, err := C.add(C.N, C.int(slices.Max(all[:])))
	switch {
	case err != nil:
		return -1
	case n == C.N:
		return -2
	}
	return int(n) + int(C.count)
}
`

// A file may use cgo, and so may what a marked function calls; the values of
// C's are in variables of Go types.
func TestCgo(t *testing.T) {
	t.Parallel()
	needsCgo(t)
	dir := project(t, cFile+`
// marked stands in a file with C, and its generated form does not.
//
// async
func marked(n int) (int, error) {
	h := newHandle()
	defer h.free()
	if err := rt.Await0(rt.Sleep(1)); err != nil {
		return 0, err
	}
	return n + int(h.n), nil
}
-- main.go --
package main

import (
	"fmt"

	"example.com/m/between"
	"github.com/goasync/goasync/rt"
)

// async
func f() (id, error) {
	i := newID()
	x := int(add(1, 1))
	n, err := rt.Await(marked(1))
	if err != nil {
		return 0, err
	}
	k, err := rt.Await(between.Marked(between.New(1)))
	return i + id(n) + id(x) + id(k), err
}

func main() {
	fmt.Print(rt.RunAsync(fAsync()))
	fmt.Print(" ")
	fmt.Print(f())
	fmt.Print(" ", others())
}
-- main_test.go --
package main

import (
	"testing"

	"github.com/goasync/goasync/rt"
)

// async
func both() (id, error) {
	i := newID()
	n, err := rt.Await(f())
	return n + i, err
}

func TestBoth(t *testing.T) {
	if n, err := rt.RunAsync(bothAsync()); n != 15 || err != nil {
		t.Fatal(n, err)
	}
}
-- between/between.go --
package between

/*
typedef long large;
*/
import "C"

import "example.com/m/marked"

// Large is C's.
type Large C.large

func New(n int) Large { return Large(n) }

func Marked(l Large) (int, error) { return marked.Marked(int(l)) }

func MarkedAsync(l Large) marked.Call { return marked.MarkedAsync(int(l)) }
-- marked/marked.go --
package marked

import "github.com/goasync/goasync/rt"

type Call = rt.Awaitable[int]

// async
func Marked(n int) (int, error) { return n, nil }
`)
	edit(t, dir, "c.go", `import (
`, `import (
	"github.com/goasync/goasync/rt"
`)
	succeed(t, dir, "./...")
	expectFiles(t, dir, "between/between.go c.go c_async.go main.go main_async.go main_async_test.go main_test.go marked/marked.go marked/marked_async.go")
	for _, file := range []string{"c_async.go", "main_async.go"} {
		if text := read(t, dir, file); strings.Contains(text, `"C"`) || strings.Contains(text, "_C") {
			t.Errorf("%s knows C:\n%s", file, text)
		}
	}
	goCommand(t, dir, "vet", "./...")
	goCommand(t, dir, "test", ".")
	if out := goCommand(t, dir, "run", "."); out != "11 <nil> 11 <nil> 15" {
		t.Errorf("it printed %q", out)
	}
}

// A name of C's cannot stand in a generated file, whether the source writes
// it or not.
func TestCgoRefusals(t *testing.T) {
	t.Parallel()
	needsCgo(t)
	dir := project(t, cFile+`
// async
func named(n C.int) (int, error) { return int(C.add(n, C.N)), nil }
`)
	const cannot = `in async function named, whose generated form cannot import "C" with this file's preamble; use it in a function without the mark and call that`
	refuse(t, dir, refused, "c.go:57:14: C.int "+cannot+"\nc.go:57:47: C.add "+cannot+"\nc.go:57:56: C.N "+cannot+"\n")

	dir = project(t, cFile+`
-- x.go --
package main

import "github.com/goasync/goasync/rt"

// async
func f(wait bool) (int, error) {
	across := add(1, 2)
	if wait {
		if err := rt.Await0(rt.Sleep(1)); err != nil {
			return 0, err
		}
	}
	beside := newInt()
	if wait {
		*beside = 1
		if err := rt.Await0(rt.Sleep(1)); err != nil {
			return 0, err
		}
	} else {
		*beside = 2
	}
	n := sum(add(1, 2), rt.Await0(rt.Sleep(1)))
	return n + int(across), nil
}

func sum(...any) int { return 0 }

func main() {}
`)
	const cure = `and its type C.int is known only to files that import "C"; convert the value to a Go type, or declare a type of it in such a file`
	refuse(t, dir, refused, "x.go:7:2: across lives across an await "+cure+"\n"+
		"x.go:13:2: beside is used beside an await "+cure+"\n"+
		"x.go:22:11: this value is needed after an await "+cure+"\n")
	expectFiles(t, dir, "c.go x.go")
}

// What is wrong with the C is one message, and not that its names are
// unknown. Without cgo such a file is not in the build.
func TestCgoErrors(t *testing.T) {
	t.Parallel()
	needsCgo(t)
	dir := project(t, cFile+"-- x.go --\npackage main\n\n// async\nfunc f() (id, error) { return newID(), nil }\n\nfunc main() { others(); fAsync() }\n")
	edit(t, dir, "c.go", "stdlib.h", "no/such.h")
	status, stdout, stderr := goasync(t, dir)
	if status != refused || stdout != "" || !strings.HasPrefix(stderr, "c.go:4:10: fatal error: ") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	edit(t, dir, "c.go", "no/such.h", "stdlib.h")
	edit(t, dir, "c.go", "return C.add(a, b)", "return C.sub(a, b)")
	refuse(t, dir, refused, "c.go:39:37: could not determine what C.sub refers to\n")
	edit(t, dir, "c.go", "C.sub", "C.add")
	edit(t, dir, "c.go", "return 4", `return "4"`)
	refuse(t, dir, refused, "c.go:26:26: cannot use \"4\" (untyped string constant) as id value in return statement\n")
	refuse(t, dir, refused, "x.go:4:11: undefined: id\nx.go:4:31: undefined: newID\nx.go:6:15: undefined: others\n", "CGO_ENABLED=0")

	change(t, dir, "-- only/only.go --\npackage only\n\nimport \"C\"\n\n// async\nfunc f() error { return nil }\n")
	refuse(t, dir, failed, "goasync: build constraints exclude all Go files in $DIR/only\n", "CGO_ENABLED=0", "./only")
	succeed(t, dir, "./only")
	goCommand(t, dir, "vet", "./only")
}
