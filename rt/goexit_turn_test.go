package rt

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// TestGoexitWhileRootReturns has the root return while another task, which has called Goexit, awaits in its deferred calls.
func TestGoexitWhileRootReturns(t *testing.T) {
	for yields := range 6 {
		var plain, generated []string
		var trace *[]string
		log := func(format string, args ...any) { *trace = append(*trace, fmt.Sprintf(format, args...)) }
		trace = &plain
		how := outcome(func() {
			Run0(func() error {
				Spawn0(func() error {
					for i := range 2 {
						defer func() {
							for k := range 3 {
								log("deferred %d: %d %v", i, k, YieldNow())
							}
						}()
					}
					runtime.Goexit()
					return nil
				})
				for k := range yields {
					log("root: %d %v", k, YieldNow())
				}
				log("root returns")
				return nil
			})
		})
		plain = append(plain, how)

		trace = &generated
		yielding := func(n int, name string, then func(co *coro) bool) *coro {
			k := 0
			return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
				for {
					if state > 0 {
						_, err := co.yield.Result()
						log("%s: %d %v", name, k, err)
						k++
					}
					if k == n {
						return then(co)
					}
					state = 1
					co.yield.Init()
					if !co.yield.Start(fb, co) {
						return co.Suspend(1)
					}
				}
			})
		}
		how = outcome(func() {
			root := yielding(yields, "root", func(*coro) bool { log("root returns"); return true })
			RunAsync(Awaitable[int](newCoro(func(co *coro, fb *Fiber, state int32) bool {
				if state == 0 {
					SpawnIn(fb, func() Awaitable[int] {
						return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
							for i := range 2 {
								co.deferCo(yielding(3, fmt.Sprint("deferred ", i), func(*coro) bool { return true }))
							}
							runtime.Goexit()
							return true
						})
					})
					if !root.Start(fb, co) {
						return co.Suspend(1)
					}
				}
				root.Result()
				return co.End()
			})))
		})
		generated = append(generated, how)
		if !slices.Equal(plain, generated) {
			t.Errorf("after %d yields:\n    plain %q\ngenerated %q", yields, plain, generated)
		}
	}
}
