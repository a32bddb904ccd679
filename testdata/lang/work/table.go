package work

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("work.CacheLRU", CacheLRU, CacheLRUAsync),
	harness.New("work.CacheRing", CacheRing, CacheRingAsync),
	harness.New("work.CacheIntern", CacheIntern, CacheInternAsync),
	harness.New("work.CacheBuilder", CacheBuilder, CacheBuilderAsync),
	harness.New("work.CacheBits", CacheBits, CacheBitsAsync),
	harness.New("work.CleanupLadder", CleanupLadder, CleanupLadderAsync),
	harness.New("work.CleanupStack", CleanupStack, CleanupStackAsync),
	harness.New("work.CleanupErrors", CleanupErrors, CleanupErrorsAsync),
	harness.New("work.CleanupPanics", CleanupPanics, CleanupPanicsAsync),
	harness.New("work.CleanupAllErrors", CleanupAllErrors, CleanupAllErrorsAsync),
	harness.New("work.CleanupTransaction", CleanupTransaction, CleanupTransactionAsync),
	harness.New("work.RetryBackoff", RetryBackoff, RetryBackoffAsync),
	harness.New("work.RetryAlternatives", RetryAlternatives, RetryAlternativesAsync),
	harness.New("work.RetryBreaker", RetryBreaker, RetryBreakerAsync),
	harness.New("work.RetryPages", RetryPages, RetryPagesAsync),
	harness.New("work.RetryOnce", RetryOnce, RetryOnceAsync),
	harness.New("work.RetryDeadline", RetryDeadline, RetryDeadlineAsync),
	harness.New("work.StatesSwitch", StatesSwitch, StatesSwitchAsync),
	harness.New("work.StatesGoto", StatesGoto, StatesGotoAsync),
	harness.New("work.StatesFuncs", StatesFuncs, StatesFuncsAsync),
	harness.New("work.StatesEvents", StatesEvents, StatesEventsAsync),
	harness.New("work.StatesLights", StatesLights, StatesLightsAsync),
	harness.New("work.WorkersPoll", WorkersPoll, WorkersPollAsync),
	harness.New("work.WorkersFan", WorkersFan, WorkersFanAsync),
	harness.New("work.WorkersPipeline", WorkersPipeline, WorkersPipelineAsync),
	harness.New("work.WorkersDispatch", WorkersDispatch, WorkersDispatchAsync),
	harness.New("work.WorkersPlugins", WorkersPlugins, WorkersPluginsAsync),
	harness.New("work.WorkersBatch", WorkersBatch, WorkersBatchAsync),
	harness.New("work.WorkersPriority", WorkersPriority, WorkersPriorityAsync),
}
