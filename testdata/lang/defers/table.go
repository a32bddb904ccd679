package defers

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("defers.AgainByGoto", AgainByGoto, AgainByGotoAsync),
	harness.New("defers.AgainAwaiting", AgainAwaiting, AgainAwaitingAsync),
	harness.New("defers.AgainInIterator", AgainInIterator, AgainInIteratorAsync),
	harness.New("defers.AgainGeneric", AgainGeneric, AgainGenericAsync),
	harness.New("defers.DeferLate", DeferLate, DeferLateAsync),
	harness.New0("defers.DeferMethods", DeferMethods, DeferMethodsAsync),
	harness.New("defers.DeferLoops", DeferLoops, DeferLoopsAsync),
	harness.New("defers.DeferBuiltins", DeferBuiltins, DeferBuiltinsAsync),
	harness.New2("defers.DeferResults", DeferResults, DeferResultsAsync),
	harness.New0("defers.DeferOrder", DeferOrder, DeferOrderAsync),
	harness.New("defers.DeferNil", DeferNil, DeferNilAsync),
	harness.New("defers.DeferNilPanic", DeferNilPanic, DeferNilPanicAsync),
	harness.New0("defers.DeferNever", DeferNever, DeferNeverAsync),
	harness.New("defers.DeferArguments", DeferArguments, DeferArgumentsAsync),
	harness.New("defers.CallsUntyped", CallsUntyped, CallsUntypedAsync),
	harness.New("defers.PanicRecovered", PanicRecovered, PanicRecoveredAsync),
	harness.New("defers.PanicHelpers", PanicHelpers, PanicHelpersAsync),
	harness.New("defers.PanicValues", PanicValues, PanicValuesAsync),
	harness.New("defers.PanicNil", PanicNil, PanicNilAsync),
	harness.New("defers.PanicTwice", PanicTwice, PanicTwiceAsync),
	harness.New("defers.PanicAgain", PanicAgain, PanicAgainAsync),
	harness.New("defers.PanicReused", PanicReused, PanicReusedAsync),
	harness.New("defers.PanicLeftOf", PanicLeftOf, PanicLeftOfAsync),
	harness.New0("defers.PanicGoexit", PanicGoexit, PanicGoexitAsync),
	harness.New("defers.PanicSame", PanicSame, PanicSameAsync),
}
