// Package lang runs the language suite.
package lang

import (
	"testing"

	"github.com/goasync/goasync/testdata/lang/calls"
	"github.com/goasync/goasync/testdata/lang/defers"
	"github.com/goasync/goasync/testdata/lang/flow"
	"github.com/goasync/goasync/testdata/lang/gens"
	"github.com/goasync/goasync/testdata/lang/harness"
	"github.com/goasync/goasync/testdata/lang/kinds"
	"github.com/goasync/goasync/testdata/lang/multi/shop"
	"github.com/goasync/goasync/testdata/lang/tasks"
	"github.com/goasync/goasync/testdata/lang/vars"
)

// known are programs that fail for a known fault of the compiler or rt.
var known = map[string]bool{

	"calls.LateOperands":    true,
	"defers.DeferNil":       true,
	"defers.PanicRecovered": true,
	"defers.PanicHelpers":   true,
	"defers.PanicTwice":     true,
	"tasks.TaskSpawn":       true, "tasks.TaskShared": true,
}

// TestPrograms runs every program in both forms under every script.
func TestPrograms(t *testing.T) {
	for _, list := range [][]harness.Program{
		calls.Programs, defers.Programs, flow.Programs, gens.Programs, kinds.Programs,
		shop.Programs, tasks.Programs, vars.Programs,
	} {
		for _, p := range list {
			t.Run(p.Name, func(t *testing.T) {
				if known[p.Name] {
					t.Skip("known")
				}
				harness.Test(t, p)
			})
		}
	}
}
