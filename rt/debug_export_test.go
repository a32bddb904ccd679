package rt

import "testing"

// DebugAll reports whether GOASYNCDEBUG has put all loops into debug mode, for tests.
func DebugAll() bool { return debugAll }

// SkipInDebugMode skips a test of what operations allocate: to know which goroutine calls them, debug mode reads a stack trace.
func SkipInDebugMode(t *testing.T) {
	if debugAll {
		t.Skip("GOASYNCDEBUG: debug mode allocates, to check which goroutine calls")
	}
}
