package rt

import (
	"testing"
	"time"
)

// TestTimersPollerKeepsItsTimer: the timer of a wait that a wake has ended serves the next one, unless that is to end earlier.
func TestTimersPollerKeepsItsTimer(t *testing.T) {
	p := newTimersPoller()
	defer p.Close()
	wait := func(timeout time.Duration) {
		if err := p.Wait(timeout); err != nil {
			t.Error(err)
		}
	}
	p.Wake()
	wait(time.Hour)
	armed := p.armed
	p.Wake()
	wait(time.Hour)
	if p.armed != armed {
		t.Errorf("after a wake the timer was set again: for %v after it was for %v", p.armed, armed)
	}
	p.Prepare()
	wait(time.Microsecond) // only the timer ends it
	if p.armed >= armed {
		t.Errorf("a wait of a microsecond left the timer at %v, after it was for %v", p.armed, armed)
	}
}

// TestTimersPollerForgetsAnExpiry: a timer that has fired while nobody waited does not serve the next wait.
func TestTimersPollerForgetsAnExpiry(t *testing.T) {
	p := newTimersPoller()
	defer p.Close()
	p.arm(time.Microsecond)
	p.Wait(-1) // for the timer
	p.Prepare()
	armed := p.armed
	p.arm(time.Hour)
	if p.armed < armed+59*time.Minute {
		t.Errorf("the timer for a wait of an hour fires at %v, after it has fired at %v", p.armed, armed)
	}
	p.Prepare()
	if p.Wait(time.Microsecond); p.armed >= armed+59*time.Minute {
		t.Errorf("a wait of a microsecond left the timer at %v", p.armed)
	}
}
