package rttest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// maxOrders is how many orders Explore tries.
const maxOrders = 1 << 20

var onlyOrder = flag.String("rttest.order", "", "the only run of rttest.Explore, as a run that failed says it; empty: all runs")

// Explore runs scenario in every order that its tasks can run in: wherever several tasks, or calls like those of CallSoon, are
// ready in a turn of the loop, each of them is next in some run. It returns how many orders there are. As the number grows with the
// factorial of what is ready at a time, it is for two or three tasks of some steps; where there are more than a million orders,
// the test ends.
//
// In every run no task may fail (see Scenario), all tasks must end and nothing may be left, as for Sweep. After the first run that
// fails, Explore ends the test. The run says its order, the places in the ready queue that were chosen; go test -run=TestName
// -rttest.order=0,2,1 repeats that run alone.
func Explore(t testing.TB, scenario func(s *Scenario)) (orders int) {
	t.Helper()
	e := new(explorer)
	if *onlyOrder != "" {
		path, err := parseOrder(*onlyOrder)
		if err != nil {
			t.Fatal(err)
		}
		e.path = path
		e.run(t, scenario)
		if e.depth < len(path) {
			t.Errorf("rttest: -rttest.order has %d places, and there are only %d choices: it is the order of another scenario", len(path), e.depth)
		}
		return 1
	}
	for more := true; more; more = e.advance() {
		if orders++; orders > maxOrders {
			t.Fatalf("rttest: there are more than %d orders: fewer tasks, or fewer steps", maxOrders)
		}
		e.run(t, scenario)
	}
	return orders
}

// run is the run of the path.
func (e *explorer) run(t testing.TB, scenario func(s *Scenario)) {
	t.Helper()
	e.depth = 0
	mustPass(t, run(t, scenario, disturbance{calm: true, choose: e.choose, about: e.about}))
	if e.strays != "" {
		t.Fatal(e.strays)
	}
}

// explorer walks the tree of choices, depth first.
type explorer struct {
	path   []choice // of this run, and until it gets there, of the last
	depth  int      // choices made in this run
	strays string   // why the run is not the one that the path leads to
}

// choice is one of n that were ready; n is 0 where -rttest.order says it, and the run has not come there.
type choice struct{ chosen, n int }

func (e *explorer) choose(n int) int {
	if n == 1 {
		return 0
	}
	if e.depth == len(e.path) {
		e.path = append(e.path, choice{0, n})
	}
	c := &e.path[e.depth]
	switch {
	case c.n == 0 && c.chosen < n:
		c.n = n
	case c.n == 0:
		e.strays = fmt.Sprintf("rttest: -rttest.order chooses place %d of %d that are ready: it is the order of another scenario", c.chosen, n)
		return 0
	case c.n != n:
		e.strays = fmt.Sprintf("rttest: after the same choices %d are ready where %d were in another run: the scenario depends on something else, like real time or the order of a map", n, c.n)
		return 0
	}
	e.depth++
	return c.chosen
}

// advance goes to the next path. It reports false if there is none.
func (e *explorer) advance() bool {
	e.path = e.path[:e.depth]
	for len(e.path) > 0 {
		last := &e.path[len(e.path)-1]
		if last.chosen++; last.chosen < last.n {
			return true
		}
		e.path = e.path[:len(e.path)-1]
	}
	return false
}

func (e *explorer) about(*Scenario) string {
	if e.depth == 0 {
		return "in the run with the only order"
	}
	order := make([]string, 0, e.depth)
	for _, c := range e.path[:e.depth] {
		order = append(order, strconv.Itoa(c.chosen))
	}
	return "in the run with -rttest.order=" + strings.Join(order, ",")
}

// parseOrder reads what about has written.
func parseOrder(text string) (path []choice, err error) {
	for place := range strings.SplitSeq(text, ",") {
		chosen, err := strconv.Atoi(place)
		if err != nil || chosen < 0 {
			return nil, fmt.Errorf("rttest: -rttest.order=%s: want places from 0, with commas between", text)
		}
		path = append(path, choice{chosen: chosen})
	}
	return path, nil
}

var shuffleSeed = flag.Uint64("rttest.seed", 0, "the seed of the only run of rttest.Shuffle; 0: all runs")

// Shuffle runs scenario as often as runs says, each time in another random order of what is ready. A run that fails says its seed;
// go test -run=TestName -rttest.seed=N repeats that run alone. The seeds are the same in every test: 1 to runs.
//
// In every run no task may fail (see Scenario), all tasks must end and nothing may be left, as for Sweep. After the first run that
// fails, Shuffle ends the test.
func Shuffle(t testing.TB, runs int, scenario func(s *Scenario)) {
	t.Helper()
	first, last := uint64(1), uint64(runs)
	if *shuffleSeed != 0 {
		first, last = *shuffleSeed, *shuffleSeed
	}
	for seed := first; seed <= last; seed++ {
		random := rand.New(rand.NewPCG(seed, 0))
		mustPass(t, run(t, scenario, disturbance{
			calm:   true,
			choose: random.IntN,
			about:  func(*Scenario) string { return fmt.Sprintf("in the run with -rttest.seed=%d", seed) },
		}))
	}
}
