package bench

import (
	"runtime"

	"github.com/goasync/goasync/rt"
)

// ping and pong end with each other, and suspend in between.
//
// async
func ping(n int, done func()) (int, error) {
	if n == 0 {
		done()
		return n, nil
	}
	if err := rt.Await0(rt.YieldNow()); err != nil {
		return n, err
	}
	return rt.Await(pong(n-1, done))
}

// async
func pong(n int, done func()) (int, error) {
	if n == 0 {
		done()
		return n, nil
	}
	if err := rt.Await0(rt.YieldNow()); err != nil {
		return n, err
	}
	return rt.Await(ping(n-1, done))
}

// heapNow is what the heap holds.
func heapNow() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
