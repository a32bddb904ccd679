package rt

import (
	"slices"
	"testing"
)

// TestGoexitInANursery has the body of a nursery call Goexit, under which deferred calls may panic: in both forms the child is
// cancelled and comes to its end before the goroutine goes on exiting, with the panic that nobody has recovered.
func TestGoexitInANursery(t *testing.T) {
	for _, n := range nurseries() {
		var want []string
		how := outcome(func() {
			if n.recovers {
				defer logs(&want)
			}
			defer func() { want = append(want, "child ends") }()
			n.body.native(&want)
		})
		for _, form := range []string{"plain", "generated"} {
			if got, trace := n.run(form, false, func() {}); got != how || !slices.Equal(trace, want) {
				t.Errorf("%s, %s form, waits %v, caller recovers %v:\n got %s %q\nwant %s %q",
					n.body.name, form, n.waits, n.recovers, got, trace, how, want)
			}
		}
	}
}

// TestGoexitAndPanicInANursery has the child panic besides, at once or when it is cancelled: both forms do the same, and the
// goroutine exits.
func TestGoexitAndPanicInANursery(t *testing.T) {
	for _, n := range nurseries() {
		for _, atOnce := range []bool{false, true} {
			how, want := n.run("plain", atOnce, func() { panic("child") })
			if got, trace := n.run("generated", atOnce, func() { panic("child") }); got != how || !slices.Equal(trace, want) {
				t.Errorf("%s, waits %v, caller recovers %v, child panics at once %v:\n    plain %s %q\ngenerated %s %q",
					n.body.name, n.waits, n.recovers, atOnce, how, want, got, trace)
			}
			if how != "exited" && how != "panicked with child, exited" && how != "panicked with boom, exited" && how != "panicked with bang, exited" {
				t.Errorf("%s, waits %v, caller recovers %v, child panics at once %v: %s", n.body.name, n.waits, n.recovers, atOnce, how)
			}
		}
	}
}

// nursing is a program with a nursery: how its body exits, whether it has waited before, and whether the nursery's caller recovers.
type nursing struct {
	body            exitBody
	waits, recovers bool
}

func nurseries() (list []nursing) {
	for _, b := range append([]exitBody{{name: "exits"}}, exitBodies...) {
		for _, waits := range []bool{false, true} {
			list = append(list, nursing{b, waits, false}, nursing{b, waits, true})
		}
	}
	return list
}

// run runs the program. The child ends at once, or when it is cancelled, by end.
func (n nursing) run(form string, atOnce bool, end func()) (how string, trace []string) {
	how = outcome(func() {
		if form == "plain" {
			Run0(func() error { return n.plain(&trace, atOnce, end) })
		} else {
			RunAsync[int](n.generated(&trace, atOnce, end))
		}
	})
	return how, trace
}

func (n nursing) plain(trace *[]string, atOnce bool, end func()) error {
	if n.recovers {
		defer logs(trace)
	}
	return Nursery(func(g *Group) error {
		g.Go(func() error {
			for !atOnce && YieldNow() == nil {
			}
			*trace = append(*trace, "child ends")
			end()
			return nil
		})
		return n.body.plain(trace, n.waits)
	})
}

func (n nursing) generated(trace *[]string, atOnce bool, end func()) *coro {
	op := new(NurseryOp)
	child := func(co *coro, fb *Fiber, state int32) bool {
		for ; !atOnce; state = 1 {
			if state > 0 {
				if _, err := co.yield.Result(); err != nil {
					break
				}
			}
			co.yield.Init()
			if !co.yield.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		*trace = append(*trace, "child ends")
		end()
		return co.End()
	}
	return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			if n.recovers {
				co.DeferCall(func(raise func()) { defer logs(trace); raise() })
			}
			op.Init(func(g *Group) Awaitable[struct{}] {
				g.GoIn(fb, func() Awaitable[struct{}] { return unit{newCoro(child)} })
				return unit{n.body.async(trace, n.waits)}
			})
			if !op.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		op.Result()
		*trace = append(*trace, "goes on")
		return true
	})
}

// TestPanicInGoexitOfAChild has the caller recover the panic of a child that exits: the Goexit is the child's, and the caller goes
// on in both forms.
func TestPanicInGoexitOfAChild(t *testing.T) {
	b := exitBodies[0]
	for _, test := range []struct {
		what  string
		plain func(f func() (int, error))
		async func(f func() Awaitable[int]) awaited
	}{
		{"Gather", func(f func() (int, error)) { Gather(f) }, func(f func() Awaitable[int]) awaited { return waitFor(GatherAsync(f)) }},
		{"Race", func(f func() (int, error)) { Race(f) }, func(f func() Awaitable[int]) awaited { return waitFor(RaceAsync(f)) }},
		{"Nursery", func(f func() (int, error)) {
			Nursery(func(g *Group) error {
				g.Go(func() error { f(); return nil })
				return nil
			})
		}, func(f func() Awaitable[int]) awaited {
			return waitFor(NurseryAsync(func(g *Group) Awaitable[struct{}] {
				g.add(g, func() Awaitable[struct{}] { return unit{f().(*coro)} })
				return unit{newCoro(func(co *coro, _ *Fiber, _ int32) bool { return co.End() })}
			}))
		}},
	} {
		for _, form := range []string{"plain", "generated"} {
			var trace []string
			how := outcome(func() {
				if form == "plain" {
					Run0(func() error {
						func() {
							defer logs(&trace)
							test.plain(func() (int, error) { return 0, b.plain(&trace, true) })
						}()
						trace = append(trace, "goes on")
						return nil
					})
					return
				}
				wait := test.async(func() Awaitable[int] { return b.async(&trace, true) })
				RunAsync[int](newCoro(func(co *coro, fb *Fiber, state int32) bool {
					if state == 0 {
						co.child = newDeferring(func(co *coro, fb *Fiber, state int32) bool {
							if state == 0 {
								co.DeferCall(func(raise func()) { defer logs(&trace); raise() })
								if !wait.start(fb, co) {
									return co.Suspend(1)
								}
							}
							wait.result()
							return true
						})
						if !co.child.Start(fb, co) {
							return co.Suspend(1)
						}
					}
					co.child.Result()
					trace = append(trace, "goes on")
					return co.End()
				}))
			})
			if want := []string{"recovers boom", "goes on"}; how != "exited" || !slices.Equal(trace, want) {
				t.Errorf("%s, %s form: %s %q, want exited %q", test.what, form, how, trace, want)
			}
		}
	}
}

// awaited is an awaitable of any type.
type awaited struct {
	start  func(fb *Fiber, parent Resumable) bool
	result func()
}

func waitFor[T any](aw Awaitable[T]) awaited { return awaited{aw.Start, func() { aw.Result() }} }
