package rttest_test

import (
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// steps adds tasks that each note their name in all their steps.
func steps(s *rttest.Scenario, n int, names ...string) *strings.Builder {
	var order strings.Builder
	for _, name := range names {
		s.GoPlain(name, func() error {
			for i := range n {
				if i > 0 {
					if err := rt.YieldNow(); err != nil {
						return err
					}
				}
				order.WriteString(name)
			}
			return nil
		})
	}
	return &order
}

// A task that has run is ready again in the next turn, so within each turn every order is possible, and no other.
func TestExploreTriesEveryOrderOnce(t *testing.T) {
	seen := map[string]int{}
	orders := rttest.Explore(t, func(s *rttest.Scenario) {
		order := steps(s, 2, "a", "b", "c")
		s.Check(func() { seen[order.String()]++ })
	})
	if orders != 36 || len(seen) != 36 { // 3! in each of two turns
		t.Errorf("%d runs, %d orders: %v", orders, len(seen), seen)
	}
}

// lost is a counter that is read before a switch and written after it.
func lost(s *rttest.Scenario, turns int) {
	n := 0
	for _, name := range []string{"a", "b"} {
		s.GoPlain(name, func() error {
			if name == "b" {
				for range turns {
					if err := rt.YieldNow(); err != nil {
						return err
					}
				}
			}
			read := n
			if err := rt.YieldNow(); err != nil {
				return err
			}
			n = read + 1
			return nil
		})
	}
	s.Check(func() {
		if n != 2 {
			s.Errorf("counted %d of 2", n)
		}
	})
}

// In the order of the queue both count: a writes in the turn in which b reads, and before it.
func TestOrdersFindARace(t *testing.T) {
	scenario := func(s *rttest.Scenario) { lost(s, 1) }
	log := failing(t, func(t testing.TB) { rttest.Explore(t, scenario) })
	if !log.has("in the run with -rttest.order=") || !log.has("counted 1 of 2") {
		t.Errorf("Explore says %q", log.lines)
	}
	log = failing(t, func(t testing.TB) { rttest.Shuffle(t, 100, scenario) })
	if !log.has("in the run with -rttest.seed=") || !log.has("counted 1 of 2") {
		t.Errorf("Shuffle says %q", log.lines)
	}
}

func TestExploreSeesWhatIsNotDeterministic(t *testing.T) {
	runs := 0
	log := failing(t, func(t testing.TB) {
		rttest.Explore(t, func(s *rttest.Scenario) {
			runs++
			steps(s, 1, "a", "b", "c"[:runs%2])
			if runs%2 == 1 {
				steps(s, 1, "d")
			}
		})
	})
	if !log.has("the scenario depends on something else") {
		t.Errorf("Explore says %q", log.lines)
	}
}
