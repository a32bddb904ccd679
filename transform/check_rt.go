package transform

// rtNames are the names of rt that generated code refers to, and those that
// are looked for in sources. A test looks each of them up in the package;
// where one is a type, its methods stand after it.
var rtNames = map[string][]string{
	// In sources.
	"Await0": nil, "Await": nil, "Await2": nil, "Await3": nil,
	"Blocking": nil, "Blocking0": nil,
	"Yield": nil, "Each": nil,

	// What forms and coroutines are made of.
	"Awaitable":      {"Start", "Result"},
	"Resumable":      {"Resume", "Base"},
	"Coroutine":      {"Start", "Resume", "Result", "Send", "Throw", "Close"},
	"Operation":      {"Abort"},
	"Fiber":          nil,
	"Frame":          {"Base", "Reset", "Visible", "Enter", "Suspend", "End", "Check"},
	"Defers":         {"Defer", "DeferErr", "DeferCall", "DeferCo", "Recover", "Leave"},
	"Pair":           {"First", "Second"},
	"Triple":         {"First", "Second", "Third"},
	"MapIter":        {"Next", "Key", "Value"},
	"Ranging":        {"Next", "Key", "Value", "Stop"},
	"Generator":      {"Next", "Send", "Throw", "Close", "Result", "All", "From"},
	"AsyncGenerator": {"Next", "Send", "Throw", "Close", "Result", "All", "From"},
	"Iter":           {"Next", "Stop", "All", "From"},
	"Iter2":          {"Next", "Stop", "All", "From"},
	"IterCoroutine":  {"Resume", "Base", "Start", "Result", "Yields"},
	"Yielder":        {"Yield", "Received", "Continue"},
	"NewGenerator":   nil, "NewAsyncGenerator": nil, "NewIter": nil, "NewIter2": nil,

	// What they call.
	"StartTail": nil, "Begin": nil, "Send": nil, "Throw": nil, "Close": nil,
	"Func0": nil, "Func": nil, "Func2": nil, "Func3": nil,
	"RangeMap": nil, "Range0": nil, "Range": nil, "Range2": nil, "RangeIter": nil, "RangeIter2": nil, "RangeEach": nil,
	"Unpack0": nil, "Unpack2": nil, "Unpack3": nil,
}
