package rttest

import (
	"fmt"
	"testing"
)

// reporter is a test that says in which run each error came up. It is not for use by several goroutines at once, as the tasks
// of a loop are none.
type reporter struct {
	testing.TB
	about  func() string
	failed bool
}

// say writes the run, once, above its errors.
func (r *reporter) say() {
	r.Helper()
	if !r.failed {
		r.failed = true
		r.TB.Log(r.about() + ":")
	}
}

func (r *reporter) Error(args ...any) { r.Helper(); r.say(); r.TB.Error(args...) }
func (r *reporter) Errorf(format string, args ...any) {
	r.Helper()
	r.say()
	r.TB.Errorf(format, args...)
}
func (r *reporter) Fatal(args ...any) { r.Helper(); r.say(); r.TB.Fatal(args...) }
func (r *reporter) Fatalf(format string, args ...any) {
	r.Helper()
	r.say()
	r.TB.Fatalf(format, args...)
}
func (r *reporter) Fail()    { r.Helper(); r.say(); r.TB.Fail() }
func (r *reporter) FailNow() { r.Helper(); r.say(); r.TB.FailNow() }

// Failed reports whether the run has failed, or the test before it.
func (r *reporter) Failed() bool { return r.failed || r.TB.Failed() }

// counted writes "1 step", "2 steps".
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
