package meet

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("meet.BarrierRounds", BarrierRounds, BarrierRoundsAsync),
	harness.New("meet.BroadcastNews", BroadcastNews, BroadcastNewsAsync),
	harness.New("meet.LocksHeld", LocksHeld, LocksHeldAsync),
	harness.New("meet.StageReached", StageReached, StageReachedAsync),
	harness.New("meet.QueueOrders", QueueOrders, QueueOrdersAsync),
	harness.New("meet.QueueJoin", QueueJoin, QueueJoinAsync),
	harness.New("meet.QueueDropped", QueueDropped, QueueDroppedAsync),
}
