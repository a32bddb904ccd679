package vars

import (
	"runtime"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestNothingIsKeptAlive runs calls turn by turn. What they have had is gone where they can no longer reach it: a variable that is
// not read any more, a call that has ended, one that has nothing yet in the frame of an earlier one.
func TestNothingIsKeptAlive(t *testing.T) {
	const rounds = 3
	for _, c := range []struct {
		name  string
		call  func(*Keeper, int) rt.Awaitable[struct{}]
		empty int // turns after the first value that end with none
	}{
		{"Rounds", RoundsAsync, rounds - 1}, {"Descents", DescentsAsync, rounds - 1}, {"Forwards", ForwardsAsync, 2 * (rounds - 1)},
		{"Values", ValuesAsync, rounds}, {"Ends", EndsAsync, 2*rounds - 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := rt.NewLoop(rt.LoopOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			k := new(Keeper)
			task := rt.SpawnOn(l, c.call(k, rounds))
			empty := 0
			for had := 0; !task.Done(); had = len(k.made) {
				turnOf(t, l)
				runtime.GC()
				if had > 0 && had == len(k.made) && !task.Done() && k.alive() == 0 {
					empty++
				}
			}
			if _, err := task.Result(); err != nil {
				t.Fatal(err)
			}
			if empty != c.empty {
				t.Errorf("what the calls had is gone in %d turns, want %d", empty, c.empty)
			}
		})
	}
}

// TestNoMemoryIsKept runs calls that have a page each while they are suspended the first time, and nothing the second time.
func TestNoMemoryIsKept(t *testing.T) {
	for _, c := range []struct {
		name string
		call func() rt.Awaitable[struct{}]
	}{
		{"AfterPage", AfterPageAsync}, {"AfterOuter", AfterOuterAsync}, {"AfterDefers", AfterDefersAsync},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := rt.NewLoop(rt.LoopOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			begin := heap()
			tasks := make([]*rt.Task[struct{}], 1024)
			for i := range tasks {
				tasks[i] = rt.SpawnOn(l, c.call())
			}
			for turn, paged := range []bool{true, false} {
				turnOf(t, l)
				if kept := heap() - begin; (kept >= int64(len(tasks)*len(page{})/2)) != paged {
					t.Errorf("turn %d keeps %d bytes", turn, kept)
				}
			}
			for _, task := range tasks {
				if task.Done() {
					t.Fatal("the calls have ended")
				}
			}
			turnOf(t, l)
			for _, task := range tasks {
				if _, err := task.Result(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// turnOf runs one turn of a loop.
func turnOf(t *testing.T, l *rt.Loop) {
	t.Helper()
	l.Stop()
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
}

// heap is how many bytes of memory can be reached.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
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
