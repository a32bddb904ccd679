// Package lang runs the language suite.
package lang

import (
	"testing"

	"github.com/goasync/goasync/testdata/lang/algo"
	"github.com/goasync/goasync/testdata/lang/calls"
	"github.com/goasync/goasync/testdata/lang/defers"
	"github.com/goasync/goasync/testdata/lang/flow"
	"github.com/goasync/goasync/testdata/lang/gens"
	"github.com/goasync/goasync/testdata/lang/harness"
	"github.com/goasync/goasync/testdata/lang/hostile"
	"github.com/goasync/goasync/testdata/lang/kinds"
	"github.com/goasync/goasync/testdata/lang/lits"
	"github.com/goasync/goasync/testdata/lang/local"
	"github.com/goasync/goasync/testdata/lang/meet"
	"github.com/goasync/goasync/testdata/lang/multi/shop"
	"github.com/goasync/goasync/testdata/lang/peers"
	"github.com/goasync/goasync/testdata/lang/readers"
	"github.com/goasync/goasync/testdata/lang/scopes"
	"github.com/goasync/goasync/testdata/lang/selects"
	"github.com/goasync/goasync/testdata/lang/slots"
	"github.com/goasync/goasync/testdata/lang/tasks"
	"github.com/goasync/goasync/testdata/lang/vars"
	"github.com/goasync/goasync/testdata/lang/work"
)

// TestPrograms runs every program in both forms under every script.
func TestPrograms(t *testing.T) {
	for _, list := range [][]harness.Program{
		algo.Programs, calls.Programs, defers.Programs, flow.Programs, gens.Programs, hostile.Programs, kinds.Programs, lits.Programs,
		local.Programs, meet.Programs, peers.Programs, readers.Programs, scopes.Programs, selects.Programs, shop.Programs, slots.Programs,
		tasks.Programs, vars.Programs, work.Programs,
	} {
		for _, p := range list {
			t.Run(p.Name, func(t *testing.T) {
				harness.Test(t, p)
			})
		}
	}
}

// TestByHand drives the programs that start no tasks by hand.
func TestByHand(t *testing.T) {
	for _, list := range [][]harness.Program{
		algo.Programs, calls.Programs, defers.Programs, flow.Programs, kinds.Programs, peers.Programs, readers.Programs, vars.Programs, work.Programs,
	} {
		for _, p := range list {
			if p.Name == "vars.NamesForms" {
				continue // it starts tasks
			}
			t.Run(p.Name, func(t *testing.T) {
				harness.TestByHand(t, p)
			})
		}
	}
}
