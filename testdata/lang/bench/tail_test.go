package bench

import (
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestTailAwaitsKeepNothing: a hundred thousand turns of two functions that end with each other leave no frames behind. Each
// frame takes more than a hundred bytes.
func TestTailAwaitsKeepNothing(t *testing.T) {
	const turns, most = 100_000, 1 << 20
	var before, after int64
	before = heapNow()
	if _, err := rt.RunAsync(pingAsync(turns, func() { after = heapNow() })); err != nil {
		t.Fatal(err)
	}
	if after == 0 {
		t.Fatal("it did not come to the end")
	}
	if grown := after - before; grown > most {
		t.Errorf("the heap has grown by %d bytes in %d turns, want at most %d", grown, turns, most)
	}
}
