package lits

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("lits.DeferAwaits", DeferAwaits, DeferAwaitsAsync),
	harness.New("lits.DeferRecovers", DeferRecovers, DeferRecoversAsync),
	harness.New("lits.DeferPanics", DeferPanics, DeferPanicsAsync),
	harness.New("lits.DeferArguments", DeferArguments, DeferArgumentsAsync),
	harness.New("lits.DeferInLiteral", DeferInLiteral, DeferInLiteralAsync),
	harness.New("lits.DeferSpawns", DeferSpawns, DeferSpawnsAsync),
	harness.New("lits.DeferHidesNew", DeferHidesNew, DeferHidesNewAsync),
	harness.New("lits.DeferOutlived", DeferOutlived, DeferOutlivedAsync),
	harness.New("lits.DefersOnlyDeferred", DefersOnlyDeferred, DefersOnlyDeferredAsync),
	harness.New("lits.DefersInSlots", DefersInSlots, DefersInSlotsAsync),
	harness.New("lits.LitsGather", LitsGather, LitsGatherAsync),
	harness.New("lits.LitsLoop", LitsLoop, LitsLoopAsync),
	harness.New("lits.LitsNested", LitsNested, LitsNestedAsync),
	harness.New("lits.LitsResults", LitsResults, LitsResultsAsync),
	harness.New("lits.LitsPanics", LitsPanics, LitsPanicsAsync),
	harness.New("lits.LitsPlain", LitsPlain, LitsPlainAsync),
	harness.New("lits.LitsMethod", LitsMethod, LitsMethodAsync),
	harness.New("lits.Unreached", Unreached, UnreachedAsync),
}
