package fatal

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

// inChild has this test binary run the tests that are meant to fail.
const inChild = "FATAL_TEST_CHILD"

// bodies are the forms of body, as a test calls them.
var bodies = map[string]func(t *testing.T, end func()) error{
	"plain":     func(t *testing.T, end func()) error { return rt.Run0(func() error { return body(t, end) }) },
	"generated": func(t *testing.T, end func()) error { return rt.RunAsync0(bodyAsync(t, end)) },
	"called":    func(t *testing.T, end func()) error { return body(t, end) },
}

// TestEnds runs only in a child: each of its tests ends within a body.
func TestEnds(t *testing.T) {
	if os.Getenv(inChild) == "" {
		t.Skip("TestFatal runs it in a child")
	}
	for name, run := range bodies {
		t.Run(name, func(t *testing.T) {
			for how, end := range map[string]func(t *testing.T){
				"Fatal": func(t *testing.T) { t.Fatal("it is fatal") },
				"Skip":  func(t *testing.T) { t.Skip("it is skipped") },
				"Error": func(t *testing.T) { t.Error("it goes on") },
			} {
				t.Run(how, func(t *testing.T) {
					if err := run(t, func() { end(t) }); err != nil {
						t.Error(err)
					}
					t.Log("returns")
				})
			}
		})
	}
}

// TestFatal: t.Fatal and t.Skip end a test whose body is an async function, in all forms, with the deferred calls run; t.Error does not.
func TestFatal(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestEnds$", "-test.v")
	cmd.Env = append(os.Environ(), inChild+"=1")
	text, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("the tests have not failed:\n%s", text)
	}
	out := string(text)
	for name := range bodies {
		for how, want := range map[string]string{"Fatal": "FAIL", "Skip": "SKIP", "Error": "FAIL"} {
			if result := "--- " + want + ": TestEnds/" + name + "/" + how + " "; !strings.Contains(out, result) {
				t.Errorf("there is no %q in\n%s", result, out)
			}
		}
	}
	const ends = 9
	for what, want := range map[string]int{
		"it is fatal": 3, "it is skipped": 3, "it goes on": 3, "returns": 3, "goes on\n": 6,
		"ends\n": ends, "deferred\n": ends, "deferred and awaited <nil>\n": ends,
	} {
		if got := strings.Count(out, what); got != want {
			t.Errorf("%q stands there %d times, want %d:\n%s", what, got, want, out)
		}
	}
}
