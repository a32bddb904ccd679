package selects

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("selects.ChannelPair", ChannelPair, ChannelPairAsync),
	harness.New("selects.ChannelEach", ChannelEach, ChannelEachAsync),
	harness.New("selects.RaceMirrors", RaceMirrors, RaceMirrorsAsync),
	harness.New("selects.SelectMerge", SelectMerge, SelectMergeAsync),
	harness.New("selects.SelectLoop", SelectLoop, SelectLoopAsync),
	harness.New("selects.SelectLocks", SelectLocks, SelectLocksAsync),
	harness.New("selects.WaitFirst", WaitFirst, WaitFirstAsync),
	harness.New("selects.WaitMixed", WaitMixed, WaitMixedAsync),
	harness.New("selects.WaitEnds", WaitEnds, WaitEndsAsync),
}
