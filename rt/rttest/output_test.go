package rttest_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// outputTests fail. They run in a process of their own, where what go test prints of them is read.
var outputTests = []struct {
	name  string
	fails func(t *testing.T)
	want  []string // patterns
}{
	{"Stuck", func(t *testing.T) {
		rttest.Explore(t, func(s *rttest.Scenario) {
			s.GoPlain("waits", func() error { _, err := rt.NewFuture[int]().Wait(); return err })
		})
	}, []string{`tasks \["waits"\] wait for ever`}},
	{"Endless", func(t *testing.T) {
		rttest.Sweep(t, func(s *rttest.Scenario) {
			s.GoPlain("yields", func() error {
				for {
					rt.YieldNow()
				}
			})
		})
	}, []string{`the tasks still run after`}},
	{"Left", func(t *testing.T) {
		rttest.Shuffle(t, 1, func(s *rttest.Scenario) {
			s.GoPlain("spawns", func() error {
				rt.Spawn0(func() error { _, err := rt.NewFuture[int]().Wait(); return err })
				return nil
			})
		})
	}, []string{`1 task left that the others have spawned:\n\s+Task-\d+, waiting in \S+ output_test\.go:\d+`}},
	{"Error", func(t *testing.T) {
		rttest.Sweep(t, func(s *rttest.Scenario) { fails(s) })
	}, []string{`task "plain" returned the error`}},
	{"ErrorAndFatal", func(t *testing.T) {
		rttest.Sweep(t, func(s *rttest.Scenario) {
			fails(s)
			s.Check(func() { s.Fatal("the check fails") })
		})
	}, []string{`without a disturbance:\n(.*\n)*.*the check fails\n(.*\n)*.*task "plain" returned the error`}},
	{"NewLoop", func(t *testing.T) {
		loop, _ := rttest.NewLoop(t)
		rt.SpawnOn(loop, rt.SleepAsync(time.Hour))
	}, []string{`leaves 1 task behind`}},
	{"TestItself", func(t *testing.T) {
		rttest.Shuffle(t, 3, func(s *rttest.Scenario) {
			s.Check(func() { t.Error("not said by the scenario") })
		})
	}, []string{`the errors above came up in the run with -rttest\.seed=1\n`}},
	{"PanicOfATask", func(t *testing.T) {
		rttest.Shuffle(t, 3, func(s *rttest.Scenario) {
			s.GoPlain("panics", func() error { panic("boom") })
		})
	}, []string{`in the run with -rttest\.seed=1:\n`, `panic: boom`}},
	{"PanicOfADisturbedTask", func(t *testing.T) {
		rttest.Sweep(t, func(s *rttest.Scenario) {
			s.GoPlain("panics", func() error {
				if err := rt.Sleep(time.Second); err != nil {
					panic(err)
				}
				return nil
			})
		})
	}, []string{`in which task "panics" is cancelled before step 2, ready to begin:\n`, `panic: .*cancelled by Sweep`}},
	{"PanicOfACheck", func(t *testing.T) {
		rttest.Explore(t, func(s *rttest.Scenario) {
			steps(s, 1, "a", "b")
			s.Check(func() { panic("boom") })
		})
	}, []string{`in the run with -rttest\.order=0:\n`, `panic: boom`}},
	{"FatalOfTheTestItself", func(t *testing.T) {
		rttest.Explore(t, func(s *rttest.Scenario) {
			steps(s, 1, "a", "b")
			s.GoPlain("ends the test", func() error { t.Fatal("ended"); return nil })
		})
	}, []string{`ended\n`, `in the run with -rttest\.order=0,0:\n`}},
}

// isChild is set in the processes that inAChild makes.
const isChild = "RTTEST_CHILD"

// inAChild runs t again, in a process of its own, and returns what that prints, and an error if it fails.
func inAChild(t *testing.T) (out []byte, err error) {
	child := exec.Command(os.Args[0], "-test.run=^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$")
	child.Env = append(os.Environ(), isChild+"=1")
	return child.CombinedOutput()
}

// What go test prints says what is wrong, in which run, and points at the lines of the user's file: this one.
func TestOutput(t *testing.T) {
	for _, test := range outputTests {
		t.Run(test.name, func(t *testing.T) {
			if os.Getenv(isChild) != "" {
				test.fails(t)
				return
			}
			out, err := inAChild(t)
			if err == nil {
				t.Fatalf("it passes:\n%s", out)
			}
			for _, want := range test.want {
				if !regexp.MustCompile(want).Match(out) {
					t.Errorf("no %q in what it says:\n%s", want, out)
				}
			}
			for _, line := range regexp.MustCompile(`(?m)^ +\S+\.go:\d+: `).FindAllString(string(out), -1) {
				if file, _, _ := strings.Cut(strings.TrimSpace(line), ":"); file != "output_test.go" {
					t.Errorf("%s is no line of the test:\n%s", line, out)
				}
			}
		})
	}
}

// The descriptors of Go's own poller, which comes with the first timer of a process, are no leak.
func TestFirstTimerOfAProcessIsNoLeak(t *testing.T) {
	if os.Getenv(isChild) == "" {
		if out, err := inAChild(t); err != nil {
			t.Errorf("%v:\n%s", err, out)
		}
		return
	}
	rttest.Shuffle(t, 1, func(s *rttest.Scenario) {
		s.GoPlain("first", func() error { time.AfterFunc(time.Hour, func() {}).Stop(); return nil })
	})
}
