package rt_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

// recovering calls f and returns the failure that it recovers.
func recovering(f func()) (x *rt.Failure) {
	defer func() { x = rt.Recovered(recover()) }()
	f()
	return nil
}

// panics panics, here.
func panics(value error) { panic(value) }

// TestRecovered: what a deferred function recovers has the stack of where the panic began, also if a task that was awaited panicked.
func TestRecovered(t *testing.T) {
	boom := errors.New("boom")
	check := func(what string, x *rt.Failure) {
		t.Helper()
		if x == nil || x.Value != boom || !strings.Contains(x.Error(), "rt_test.panics") {
			t.Errorf("%s: recovered %v", what, x)
		}
	}
	check("outside a task", recovering(func() { panics(boom) }))
	err := rt.Run0(func() error {
		check("in a task", recovering(func() { panics(boom) }))
		task := rt.Spawn0(func() error {
			panics(boom)
			return nil
		})
		check("in a task that awaits the one that panics", recovering(func() { task.Wait() }))
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
