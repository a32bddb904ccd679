package rttest_test

import (
	"flag"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// setFlag sets a flag of the test's binary for the rest of the test.
func setFlag(t *testing.T, name, value string) {
	t.Helper()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { flag.Set(name, flag.Lookup(name).DefValue) })
}

// A run that fails says a flag by which it is repeated: it alone, and it fails alike.
func TestRunsThatFailAreRepeated(t *testing.T) {
	tests := []struct {
		name     string
		repeat   func(t testing.TB, scenario func(s *rttest.Scenario))
		scenario func(s *rttest.Scenario)
	}{
		{"Sweep", rttest.Sweep, transfer(true)},
		{"Explore", repeats[1].repeat, func(s *rttest.Scenario) { lost(s, 1) }},
		{"Shuffle", func(t testing.TB, scenario func(s *rttest.Scenario)) { rttest.Shuffle(t, 100, scenario) }, func(s *rttest.Scenario) { lost(s, 1) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			runs := 0
			fails := func(t testing.TB) {
				runs = 0
				test.repeat(t, func(s *rttest.Scenario) { runs++; test.scenario(s) })
			}
			first := failing(t, fails)
			said := regexp.MustCompile(`-(rttest\.\w+)=([^\s:]\S*?)(,? in which|:$)`).FindStringSubmatch(first.lines[0])
			if said == nil || runs < 2 {
				t.Fatalf("after %d runs it says %q", runs, first.lines)
			}
			setFlag(t, said[1], said[2])
			again := failing(t, fails)
			if runs != 1 || strings.Join(again.lines, "\n") != strings.Join(first.lines, "\n") {
				t.Errorf("with -%s=%s there are %d runs, which say %q; before it was %q", said[1], said[2], runs, again.lines, first.lines)
			}
		})
	}
}

// A flag that does not name a run of the scenario fails the test: it would pass for want of one.
func TestFlagsThatNameNoRun(t *testing.T) {
	tests := []struct {
		flag, value string
		repeat      func(t testing.TB, scenario func(s *rttest.Scenario))
		want        string
	}{
		{"rttest.sweep", "cancel:1", rttest.Sweep, "want FAULT:TASK:STEP, the fault one of cancel, cancel-twice, error"},
		{"rttest.sweep", "kill:1:1", rttest.Sweep, "want FAULT:TASK:STEP"},
		{"rttest.sweep", "cancel:0:1", rttest.Sweep, "want FAULT:TASK:STEP"},
		{"rttest.sweep", "cancel:3:2", rttest.Sweep, "there is no such task"},
		{"rttest.sweep", "cancel:1:1000", rttest.Sweep, "or it ends before"},
		{"rttest.order", "0,x", repeats[1].repeat, "want places from 0"},
		{"rttest.order", "-1", repeats[1].repeat, "want places from 0"},
		{"rttest.order", "2", repeats[1].repeat, "chooses place 2 of 2"},
		{"rttest.order", "0,0,0,0,0,0,0", repeats[1].repeat, "there are only 2 choices"},
	}
	for _, test := range tests {
		t.Run(test.flag+"="+test.value, func(t *testing.T) {
			setFlag(t, test.flag, test.value)
			log := failing(t, func(t testing.TB) {
				test.repeat(t, func(s *rttest.Scenario) { steps(s, 2, "a", "b") })
			})
			if !log.has(test.want) {
				t.Errorf("it says %q, want %q", log.lines, test.want)
			}
		})
	}
}

// A disturbed run says at which await the task was met.
func TestSweepSaysWhereATaskWasDisturbed(t *testing.T) {
	for _, form := range []string{"plain", "generated"} {
		for _, test := range []struct{ run, want string }{
			{"cancel:1:2", `"take" is cancelled before step 2, ready`},
			{"cancel:1:3", `"take" is cancelled before step 3, waiting in \S+ repeat_test\.go:\d+ for an item of a queue, place 1`},
			{"cancel-twice:1:3", `"take" is cancelled before step 3, waiting in \S+ repeat_test\.go:\d+ for .*, place 1, and again before the next, ready in \S+ repeat_test\.go:\d+`},
			{"error:1:3", `an await of task "take" fails before step 3, waiting in \S+ repeat_test\.go:\d+ for an item`},
		} {
			setFlag(t, "rttest.sweep", test.run)
			log := failing(t, func(t testing.TB) {
				rttest.Sweep(t, func(s *rttest.Scenario) {
					q := rt.NewQueue[int](1)
					if form == "plain" {
						s.GoPlain("take", func() error { return take(q) })
					} else {
						s.Go("take", takeAsync(q))
					}
					s.Check(func() { s.Error("failed") })
				})
			})
			if !log.matches(test.want) {
				t.Errorf("of the %s form it says %q, want %q", form, log.lines, test.want)
			}
		}
	}
}

// take takes an item, and takes some time to end if there is none.
//
//async:func
func take(q *rt.Queue[int]) error {
	if _, err := rt.Await(q.Get()); err != nil {
		rt.Await0(rt.Sleep(time.Second))
		return err
	}
	return nil
}
