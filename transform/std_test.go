package transform

import (
	"cmp"
	"flag"
	"maps"
	"slices"
	"testing"
	"time"
)

var (
	stdAll   = flag.Bool("std.all", false, "convert every package of the standard library that is listed, not a sample")
	stdOnly  = flag.String("std.only", "", "convert this package of the standard library alone")
	stdEvery = flag.Int("std.every", 4, "one in so many operands that call nothing is awaited, too: 1 makes large packages slow to compile")
	stdDir   = flag.String("std.dir", "", "folder in which the converted packages are left, to look into them")
)

// TestStd converts packages of the standard library and runs their own tests
// on the result: code that was not written for this compiler, with tests that
// were not either.
//
// A function f becomes an async function a_f with an error as its last
// result, and beside it a function of the old name and signature that drives
// a_f's generated form by hand. In a_f each call of a converted function is an
// await where it stands, and between any two statements there is another, so
// that almost every expression and every variable lives across a suspension.
// Some operands are awaited that call nothing, too. Interfaces, initialisers,
// tests and what else is not converted use the functions of the old names and
// so reach the generated forms.
//
// Literals are converted like functions where they are called at once, or
// given to a local variable or parameter with which nothing is done but what
// async slots can have done with them: they are called in converted code,
// given to each other and compared with nil. Such a variable's type gets the
// error, too. What else is given to it is the async function if it is one of
// a name, or goes through an adapter (std_adapter_test.go). Deferred literals
// have awaits and no error. All other literals stay as they are: those that
// are stored in fields and elements, returned, run by a go statement, given to
// other packages, or that recover without being deferred.
//
// What the compiler refuses is taken back and counted.
func TestStd(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles packages of the standard library")
	}
	module := stdFolder(t)
	var totals stdTotals
	var literals stdCounts
	for _, c := range stdCases {
		if *stdOnly != c.path && (*stdOnly != "" || !*stdAll && !c.quick) {
			continue
		}
		t.Run(c.path, func(t *testing.T) {
			s := newStdCopy(t, c, module)
			s.mark()
			begin := time.Now()
			n, refused := s.compile(module)
			totals.add(s, n, refused)
			compiled := time.Now()
			output, ok := s.test(module)
			var inPackage stdCounts
			s.countLiterals(&inPackage)
			s.countLiterals(&literals)
			t.Logf("%d functions, %d awaits, %v; refused %v; left %v; compiled in %.1f s, tested in %.1f s", len(s.marks), n, &inPackage,
				mostFrequent(refused), s.left, compiled.Sub(begin).Seconds(), time.Since(compiled).Seconds())
			if ok {
				totals.passed++
				return
			}
			t.Errorf("its tests fail:\n%s", output)
			s.plain = true
			s.write()
			if output, ok := s.test(module); !ok {
				t.Logf("they fail in the plain form, too:\n%s", output)
			}
		})
	}
	totals.log(t)
	t.Logf("%v", &literals)
}

// stdTotals sum up the packages that were converted.
type stdTotals struct {
	passed, functions, awaits int
	refusals                  map[string][]Diagnostic // by kind
}

// add counts a package with its awaits and refusals.
func (totals *stdTotals) add(s *stdCopy, awaits int, refusals map[string][]Diagnostic) {
	totals.functions += len(s.marks)
	totals.awaits += awaits
	if totals.refusals == nil {
		totals.refusals = map[string][]Diagnostic{}
	}
	for kind, list := range refusals {
		totals.refusals[kind] = append(totals.refusals[kind], list...)
	}
}

func (totals *stdTotals) log(t *testing.T) {
	t.Helper()
	t.Logf("%d packages pass, with %d functions and %d awaits; refused:", totals.passed, totals.functions, totals.awaits)
	for _, kind := range mostFrequent(totals.refusals) {
		t.Logf("%6d %s (%v)", len(totals.refusals[kind]), kind, totals.refusals[kind][0].Pos)
	}
}

// mostFrequent returns the kinds of refusals, the most frequent first.
func mostFrequent(refusals map[string][]Diagnostic) []string {
	return slices.SortedFunc(maps.Keys(refusals), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(refusals[b]), len(refusals[a])), cmp.Compare(a, b))
	})
}
