// Package lang runs the language suite.
package lang

import (
	"slices"
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

// suite has the programs of each package.
var suite = [][]harness.Program{
	algo.Programs, calls.Programs, defers.Programs, flow.Programs, gens.Programs, hostile.Programs, kinds.Programs, lits.Programs,
	local.Programs, meet.Programs, peers.Programs, readers.Programs, scopes.Programs, selects.Programs, shop.Programs, slots.Programs,
	tasks.Programs, vars.Programs, work.Programs,
}

// TestPrograms runs every program in both forms under every script.
func TestPrograms(t *testing.T) {
	for _, list := range suite {
		for _, p := range list {
			t.Run(p.Name, func(t *testing.T) {
				harness.Test(t, p)
			})
		}
	}
}

// TestByHand drives every program by hand that can be: generators and
// iterators are driven by TestPrograms already.
func TestByHand(t *testing.T) {
	names := map[string]bool{}
	for _, list := range suite {
		for _, p := range list {
			names[p.Name] = true
			if !p.HasHand() || slices.Contains(otherByHand, p.Name) {
				continue
			}
			t.Run(p.Name, func(t *testing.T) {
				if slices.Contains(onLoops, p.Name) {
					harness.TestNeedsLoop(t, p)
				} else {
					harness.TestByHand(t, p)
				}
			})
		}
	}
	for _, name := range slices.Concat(onLoops, otherByHand) {
		if !names[name] {
			t.Errorf("there is no program %s", name)
		}
	}
}

// onLoops are the programs that need a loop: they start tasks, groups or
// scopes, wait for one of several things, run code on a goroutine, or ask for
// their task's context. By hand rt refuses that.
var onLoops = []string{
	"gens.EachBeside", "gens.EachHeld",
	"lits.DeferInLiteral", "lits.DeferSpawns", "lits.DeferOutlived", "lits.DefersInSlots", "lits.LitsGather", "lits.LitsLoop", "lits.LitsNested", "lits.LitsResults",
	"lits.LitsPanics", "lits.LitsPlain", "lits.LitsMethod",
	"local.Generic", "local.GenericLocal", "local.HiddenForms", "local.LitsTypes", "local.LitsNested", "local.LitsConstants", "local.LitsNative", "local.LitsCaptured",
	"local.MoreParams", "local.MoreEmbedded", "local.NamesPredeclared", "local.NamesOurs", "local.TypesArguments",
	"meet.BarrierRounds", "meet.BroadcastNews", "meet.LocksHeld", "meet.StageReached", "meet.QueueOrders", "meet.QueueJoin", "meet.QueueDropped",
	"shop.ShopCalls",
	"scopes.CancelSelf", "scopes.CancelOther", "scopes.ContextValues", "scopes.ContextStates", "scopes.ContextOuter", "scopes.GroupServer", "scopes.GroupLimit",
	"scopes.GroupNotReady", "scopes.GroupAccept", "scopes.GroupPanics", "scopes.CancelHandles", "scopes.ContextOfAMember",
	"selects.ChannelPair", "selects.ChannelEach", "selects.RaceMirrors", "selects.SelectMerge", "selects.SelectLoop", "selects.SelectLocks",
	"selects.WaitFirst", "selects.WaitMixed", "selects.WaitEnds",
	"slots.SlotsNursery", "slots.SlotsForwards",
	"tasks.TaskSpawn", "tasks.TaskGather", "tasks.TaskPanic", "tasks.TaskCancel", "tasks.TaskFuture", "tasks.TaskBlocking", "tasks.TaskShared", "tasks.TaskOn",
	"vars.NamesForms",
}

// otherByHand are the programs whose deferred calls await while runtime.Goexit
// ends the goroutine. A loop turns on for them; by hand nobody can, and the
// awaits fail.
var otherByHand = []string{"gens.ExitsFunction", "gens.ExitsIterator", "gens.ExitsMarked", "gens.ExitsEach"}
