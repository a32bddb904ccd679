//go:build !race

package rt_test

import (
	"fmt"
	"testing"
)

// To close a channel to which somebody sends is a data race for the race detector, and a panic of the sender besides.
func TestSendToAChannelThatIsClosedMeanwhile(t *testing.T) {
	inBothForms(t, func(w *world) {
		ch := make(chan int)
		defer func() {
			if p := recover(); fmt.Sprint(p) != "send on closed channel" {
				w.Errorf("panicked with %v", p)
			}
		}()
		task := w.spawn(sendTo(ch, 1, nil))
		w.turns(2)
		close(ch)
		w.run(task)
		w.Error("no panic")
	})
}
