package rt_test

import (
	"context"
	"testing"

	"github.com/goasync/goasync/rt"
)

// A call of Blocking, to a goroutine and back, while nobody else waits for one.
func BenchmarkBlocking(b *testing.B) {
	b.ReportAllocs()
	var steps []step
	for range b.N {
		steps = append(steps, await(func() rt.Awaitable[int] {
			return rt.BlockingAsync(func(context.Context) (int, error) { return 1, nil })
		}, nil))
	}
	b.ResetTimer()
	if err := rt.RunAsync0(newScript(steps)); err != nil {
		b.Fatal(err)
	}
}
