package rt_test

import (
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestGroupOnAWrongGoroutine: a group is for code of its loop. It says so on a goroutine that runs none, and in a task of another loop.
func TestGroupOnAWrongGoroutine(t *testing.T) {
	nothing := func() error { return nil }
	for name, where := range map[string]func(t *testing.T, f func()){
		"goroutine":    func(t *testing.T, f func()) { f() },
		"another loop": func(t *testing.T, f func()) { other := newWorld(t); other.plain = true; other.run(other.spawn(do(f))) },
	} {
		t.Run(name, func(t *testing.T) {
			refused := func(what string, f func()) {
				t.Helper()
				var m rt.Misuse
				done := make(chan struct{})
				go func() {
					defer close(done)
					where(t, func() { m = misuse(t, f) })
				}()
				<-done
				if !strings.HasPrefix(string(m), "rt: "+what+" on a goroutine that does not run the nursery's loop") {
					t.Errorf("%s: %q", what, m)
				}
			}
			w := newWorld(t)
			w.plain = true
			err := w.run(w.spawn(do(func() {
				err := rt.Nursery(func(g *rt.Group) error {
					g.OnError(func(error) {})
					refused("group.Go", func() { g.Go(nothing) })
					refused("group.Supervise", func() { g.Supervise(nothing) })
					return g.Start(func(ready func()) error {
						refused("ready, of group.Start,", ready)
						w.loop.Post(ready) // is how it can be called from there
						return rt.Sleep(1)
					})
				})
				if err != nil {
					t.Error(err)
				}
			})))
			if err != nil {
				t.Error(err)
			}
		})
	}
}
