package calls

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("calls.LateVariables", LateVariables, LateVariablesAsync),
	harness.New("calls.LateInterfaces", LateInterfaces, LateInterfacesAsync),
	harness.New("calls.LateOperands", LateOperands, LateOperandsAsync),
	harness.New("calls.LateAssertion", LateAssertion, LateAssertionAsync),
	harness.New2("calls.LateReturn", LateReturn, LateReturnAsync),
	harness.New("calls.LatePanics", LatePanics, LatePanicsAsync),
	harness.New("calls.OrderArguments", OrderArguments, OrderArgumentsAsync),
	harness.New("calls.OrderNested", OrderNested, OrderNestedAsync),
	harness.New("calls.OrderLeftPanics", OrderLeftPanics, OrderLeftPanicsAsync),
	harness.New("calls.OrderNilPointer", OrderNilPointer, OrderNilPointerAsync),
	harness.New("calls.OrderIndexPanics", OrderIndexPanics, OrderIndexPanicsAsync),
	harness.New2("calls.OrderReturn", OrderReturn, OrderReturnAsync),
	harness.New("calls.OrderMethods", OrderMethods, OrderMethodsAsync),
	harness.New("calls.OrderMulti", OrderMulti, OrderMultiAsync),
	harness.New("calls.OrderVariadic", OrderVariadic, OrderVariadicAsync),
	harness.New("calls.OrderLiterals", OrderLiterals, OrderLiteralsAsync),
	harness.New("calls.OrderLeft", OrderLeft, OrderLeftAsync),
	harness.New0("calls.OrderStatements", OrderStatements, OrderStatementsAsync),
	harness.New("calls.RecurseTree", RecurseTree, RecurseTreeAsync),
	harness.New("calls.RecurseMutual", RecurseMutual, RecurseMutualAsync),
	harness.New("calls.RecurseDefer", RecurseDefer, RecurseDeferAsync),
	harness.New2("calls.ResultsNamed", ResultsNamed, ResultsNamedAsync),
	harness.New2("calls.ResultsSwapped", ResultsSwapped, ResultsSwappedAsync),
	harness.New("calls.ResultsBlank", ResultsBlank, ResultsBlankAsync),
	harness.New("calls.ResultsClosed", ResultsClosed, ResultsClosedAsync),
	harness.New("calls.ResultsConverted", ResultsConverted, ResultsConvertedAsync),
	harness.New("calls.ResultsLarge", ResultsLarge, ResultsLargeAsync),
}
