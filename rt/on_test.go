package rt_test

import (
	"errors"
	"testing"
)

// TestOnAnEndInTheLastTurn: a call that has ended has its outcome, also if the loop that it ran on has not run since and is closed.
func TestOnAnEndInTheLastTurn(t *testing.T) {
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		last step
		want string
	}{
		"returns": {yield(), "on:nil"},
		"fails":   {fail(boom), "on:boom"},
		"panics":  {do(func() { panic(boom) }), "panic:boom"},
	} {
		t.Run(name, func(t *testing.T) {
			inBothForms(t, func(w *world) {
				remote := newWorld(t)
				caller := w.spawn(on(remote.loop, w.came("on"), yield(), c.last))
				w.turns(1)
				for remote.turns(1); remote.loop.Tasks() > 0; {
					remote.turns(1)
				}
				remote.loop.Close()
				func() {
					defer func() {
						if p := recover(); p != nil {
							w.log("panic:%v", p)
						}
					}()
					w.run(caller)
				}()
				w.traced(c.want)
			})
		})
	}
}
