package hostile

import (
	r "github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// Go initialises early after table, since earlySum refers to it.
var early = runEarly()

var table = map[string]int{"a": 1}

func runEarly() int {
	co := r.Drive(earlySumAsync())
	for {
		if _, done := co.Send(); done {
			n, _ := co.Result()
			return n
		}
	}
}

// async
func earlySum() (int, error) {
	table["b"] = 2
	return r.Await(earlyLen())
}

// async
func earlyLen() (int, error) {
	err := r.Await0(func() error { table["c"] = 3; return r.Await0(r.YieldNow()) }())
	//line not:a:directive
	return len(table), err
}

// HostileEarly shows what was computed while the package was initialised.
//
// async
func HostileEarly(w *harness.World) (int, error) { return early, r.Await0(w.Do("x")) }
