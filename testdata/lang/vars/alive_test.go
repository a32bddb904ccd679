package vars

import (
	"runtime"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestNothingIsKeptAlive runs calls turn by turn. What a call has had is gone while the next one, in the same frame, has nothing yet.
func TestNothingIsKeptAlive(t *testing.T) {
	for _, c := range []struct {
		name  string
		call  func(*Keeper, int) rt.Awaitable[struct{}]
		turns int // with nothing, of each call
	}{
		{"Rounds", RoundsAsync, 1}, {"Descents", DescentsAsync, 1}, {"Forwards", ForwardsAsync, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := rt.NewLoop(rt.LoopOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			const rounds = 3
			k := new(Keeper)
			task := rt.SpawnOn(l, c.call(k, rounds))
			empty := 0
			for had := 0; !task.Done(); had = len(k.made) {
				l.Stop()
				if err := l.Run(); err != nil {
					t.Fatal(err)
				}
				runtime.GC()
				if had > 0 && had == len(k.made) && !task.Done() && k.alive() == 0 {
					empty++
				}
			}
			if _, err := task.Result(); err != nil {
				t.Fatal(err)
			}
			if want := c.turns * (rounds - 1); empty != want {
				t.Errorf("what the calls had is gone in %d turns, want %d", empty, want)
			}
		})
	}
}

// alive counts what is there.
func (k *Keeper) alive() (n int) {
	for _, p := range k.made {
		if p.Value() != nil {
			n++
		}
	}
	return n
}
