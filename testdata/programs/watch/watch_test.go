package watch

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// dumped checks a snapshot against a text, in which lines that begin with # are left out.
func dumped(t *testing.T, s *rt.Snapshot, want string) {
	t.Helper()
	if got := strings.TrimSpace(s.String()); got != strings.TrimSpace(want) {
		t.Errorf("dumped\n%s\nwant\n%s", got, want)
	}
}

// A dump of generated code has the function and the line of each await, and under it what is awaited.
func TestTreeOfTasks(t *testing.T) {
	l, _ := rttest.NewLoop(t)
	looked := false
	task := rt.SpawnOn(l, tourAsync(func() {
		looked = true
		s, err := l.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		dumped(t, s, `
2 tasks at 1ms
├── Task-1: running
│   └── watch.watch watch.go:52
└── Task-2: waiting
    └── watch.tour watch.go:44
        └── rt.Timeout
            └── watch.nap watch.go:63
                └── watch.nap watch.go:63
                    └── watch.nap watch.go:66
                        └── a timer, due in 9ms`)
	}))
	if _, err := rt.RunUntil(l, task); err != nil {
		t.Fatal(err)
	}
	if !looked {
		t.Error("nobody looked")
	}
}

// The same program in its plain form: the lines come from the goroutines.
func TestTreeOfPlainTasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s *rt.Snapshot
		err := rt.Run0(func() error {
			return tour(func() {
				var err error
				if s, err = rt.RunningLoop().Snapshot(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"watch.tour watch.go:44", "watch.nap watch.go:63", "watch.nap watch.go:66", "a timer, due in 9ms", "watch.watch watch.go:56"} {
			if !strings.Contains(s.String(), want) {
				t.Errorf("no %q in\n%s", want, s)
			}
		}
	})
}

// A lock cycle is named, with both lines.
func TestLockCycle(t *testing.T) {
	l, _ := rttest.NewLoop(t)
	task := rt.SpawnOn(l, philosophersAsync(rt.NewLock(), rt.NewLock()))
	var s *rt.Snapshot
	l.CallLater(time.Second, func() {
		s, _ = l.Snapshot(t.Context())
		task.Cancel(nil)
	})
	if _, err := rt.RunUntil(l, task); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	dumped(t, s, `
3 tasks at 1s
cycle: Task-2 -> Task-3 -> Task-2
    Task-2 waits in watch.dine watch.go:32 for a lock, taken by Task-3, place 1
    Task-3 waits in watch.dine watch.go:32 for a lock, taken by Task-2, place 1
└── Task-1: waiting
    └── watch.philosophers watch.go:16
        └── rt.Nursery
            └── 2 functions to end
                ├── Task-2: waiting
                │   └── watch.dine watch.go:32
                │       └── a lock, taken by Task-3, place 1
                │           └── Task-3: waiting
                │               └── watch.dine watch.go:32
                │                   └── a lock, taken by Task-2, place 1
                │                       └── Task-2: see above
                └── Task-3: see above`)

	text, err := json.Marshal(s.Tasks[0])
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"number":1,"name":"Task-1","state":"waiting",` +
		`"stack":[{"func":"rt.Nursery"},{"func":"watch.philosophers","position":"watch.go:16"}],` +
		`"waiting":{"what":"2 functions to end"},"awaits":[2,3]}`
	if string(text) != want {
		t.Errorf("JSON %s, want %s", text, want)
	}
}

// Functions of a Gather wait in line.
func TestPlacesInLine(t *testing.T) {
	l, _ := rttest.NewLoop(t)
	q := rt.NewQueue[int](0)
	task := rt.SpawnOn(l, consumersAsync(q))
	task.SetName("main")
	l.CallLater(time.Second, func() {
		s, _ := l.Snapshot(t.Context())
		dumped(t, s, `
3 tasks at 1s
└── main: waiting
    └── watch.consumers watch.go:73
        └── 2 of 2 functions to end
            ├── Task-2: waiting
            │   └── an item of a queue, place 1
            └── Task-3: waiting
                └── an item of a queue, place 2`)
		q.Close()
	})
	if _, err := rt.RunUntil(l, task); !errors.Is(err, rt.ErrClosed) {
		t.Fatal(err)
	}
}

// However deep stacks and chains of tasks are, the text stays linear in the number of tasks.
func TestDeepTrees(t *testing.T) {
	const deep = 2_000
	l, _ := rttest.NewLoop(t)
	last := rt.SpawnOn(l, napAsync(deep))
	first := last
	for range deep {
		first = rt.SpawnOn(l, first.WaitAsync())
	}
	l.CallLater(time.Millisecond, func() {
		s, err := l.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text := s.String()
		if longest := slices.MaxFunc(strings.Split(text, "\n"), func(a, b string) int { return len(a) - len(b) }); len(longest) > 2_000 {
			t.Errorf("there is a line of %d bytes", len(longest))
		}
		if n := strings.Count(text, ": waiting\n"); n != deep+1 {
			t.Errorf("%d tasks stand in the text, want %d", n, deep+1)
		}
		if !strings.Contains(text, "… 1937 more\n") || strings.Count(text, "watch.nap ") != 64 {
			t.Errorf("of %d calls not 64 stand in the text:\n%s", deep+1, text[len(text)-10_000:])
		}
	})
	if _, err := rt.RunUntil(l, first); err != nil {
		t.Fatal(err)
	}
}
