package gens

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.NewAsyncGen("gens.Ticks", Ticks, TicksAsync),
	harness.NewAsyncGen("gens.Cleans", Cleans, CleansAsync),
	harness.NewAsyncGen("gens.Stays", Stays, StaysAsync),
	harness.NewAsyncGen("gens.Relays", Relays, RelaysAsync),
	harness.NewAsyncGen("gens.Breaks", Breaks, BreaksAsync),
	harness.New("gens.Each", Each, EachAsync),
	harness.New("gens.EachNested", EachNested, EachNestedAsync),
	harness.New("gens.EachPanics", EachPanics, EachPanicsAsync),
	harness.New("gens.EachBreaks", EachBreaks, EachBreaksAsync),
	harness.NewAsyncGen("gens.Doubles", Doubles, DoublesAsync),
	harness.New0("gens.EachDeferred", EachDeferred, EachDeferredAsync),
	harness.NewGen("gens.Generic", Generic, GenericAsync),
	harness.NewGen("gens.LastUses", LastUses, LastUsesAsync),
	harness.NewGen("gens.Count", Count, CountAsync),
	harness.NewGen("gens.Stubborn", Stubborn, StubbornAsync),
	harness.NewGen("gens.Delegates", Delegates, DelegatesAsync),
	harness.NewGen("gens.Panics", Panics, PanicsAsync),
	harness.NewGen("gens.Never", Never, NeverAsync),
	harness.NewGen("gens.Shadowed", Shadowed, ShadowedAsync),
	harness.NewIter("gens.Lex", Lex, LexAsync),
	harness.NewIterBool("gens.Logic", Logic, LogicAsync),
	harness.NewIter("gens.Walk", Walk, WalkAsync),
	harness.NewIterBool("gens.Stubborns", Stubborns, StubbornsAsync),
	harness.NewIter("gens.IterPanics", IterPanics, IterPanicsAsync),
	harness.NewIter("gens.Swallows", Swallows, SwallowsAsync),
	harness.NewIter2("gens.Pairs", Pairs, PairsAsync),
	harness.NewSeq("gens.All", All, AllAsync),
	harness.New("gens.Loops", Loops, LoopsAsync),
	harness.New("gens.Loops2", Loops2, Loops2Async),
	harness.NewIter("gens.Filtered", Filtered, FilteredAsync),
	harness.New("gens.LoopPanics", LoopPanics, LoopPanicsAsync),
	harness.New("gens.LoopSwallowed", LoopSwallowed, LoopSwallowedAsync),
}
