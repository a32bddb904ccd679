package scopes

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("scopes.CancelSelf", CancelSelf, CancelSelfAsync),
	harness.New("scopes.CancelOther", CancelOther, CancelOtherAsync),
	harness.New("scopes.CancelHandles", CancelHandles, CancelHandlesAsync),
	harness.New("scopes.ContextValues", ContextValues, ContextValuesAsync),
	harness.New("scopes.ContextStates", ContextStates, ContextStatesAsync),
	harness.New("scopes.ContextOuter", ContextOuter, ContextOuterAsync),
	harness.New("scopes.ContextOfAMember", ContextOfAMember, ContextOfAMemberAsync),
	harness.New("scopes.ContextTimes", ContextTimes, ContextTimesAsync),
	harness.New("scopes.GroupServer", GroupServer, GroupServerAsync),
	harness.New("scopes.GroupLimit", GroupLimit, GroupLimitAsync),
	harness.New("scopes.GroupNotReady", GroupNotReady, GroupNotReadyAsync),
	harness.New("scopes.GroupAccept", GroupAccept, GroupAcceptAsync),
	harness.New("scopes.GroupPanics", GroupPanics, GroupPanicsAsync),
}
