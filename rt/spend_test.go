package rt

import "testing"

// A moveOp is an operation that is always ready and uses a share of what a fiber may move.
type moveOp struct {
	used, most int
	err        error
}

func (op *moveOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	if op.err = fb.Checkpoint(); op.err == nil {
		fb.Spend(op.used, op.most)
	}
	return fb.Ready(parent)
}

func (op *moveOp) Ready() bool                 { return true }
func (op *moveOp) Abort(*Fiber, error) Outcome { panic("it does not wait") }
func (op *moveOp) Result() (struct{}, error)   { return struct{}{}, op.err }

// A halvesOp is an operation that lets others run in its midst.
type halvesOp struct {
	Frame
	err error
}

func (op *halvesOp) Start(fb *Fiber, parent Resumable) (ready bool) { return Begin(fb, op, parent) }

func (op *halvesOp) Resume(fb *Fiber) (done bool) {
	if op.Enter() == 0 {
		fb.GiveWay(op)
		return op.Suspend(1)
	}
	op.err = fb.Checkpoint()
	return op.End()
}

func (op *halvesOp) Result() (struct{}, error) { return struct{}{}, op.err }

// What an operation spends makes its fiber let others run that much sooner, alone and as one of a Select.
func TestSpend(t *testing.T) {
	const most, used, rounds = 1000, 100, 200
	for _, test := range []struct {
		name string
		move func() error
	}{
		{"alone", func() error { _, err := Block(Awaitable[struct{}](&moveOp{used: used, most: most})); return err }},
		{"selected", func() error { _, err := Select(&moveOp{used: used, most: most}); return err }},
	} {
		moved, turns, longest := 0, 0, 0
		err := Run0(func() error {
			mover := Spawn0(func() error {
				for range rounds {
					if err := test.move(); err != nil {
						return err
					}
					moved += used
				}
				return nil
			})
			for last := 0; !mover.Done(); last = moved {
				if err := YieldNow(); err != nil {
					return err
				}
				turns++
				longest = max(longest, moved-last)
			}
			_, err := mover.Wait()
			return err
		})
		if err != nil || moved != rounds*used {
			t.Errorf("%s: moved %d, %v; want %d", test.name, moved, err, rounds*used)
		}
		if longest > most || longest < most/2 {
			t.Errorf("%s: %d moved in one turn of %d, want about %d", test.name, longest, turns, most)
		}
	}
}

// An operation that gives way is resumed after the others, and meets a cancel that came meanwhile.
func TestGiveWay(t *testing.T) {
	for _, cancels := range []bool{false, true} {
		others := 0
		err := Run0(func() error {
			task := Spawn0(func() error {
				_, err := Block(Awaitable[struct{}](new(halvesOp)))
				if others == 0 {
					t.Error("it has not let the other run")
				}
				return err
			})
			Spawn0(func() error {
				others++
				if cancels {
					task.Cancel(nil)
				}
				return nil
			})
			_, err := task.Wait()
			return err
		})
		if (err != nil) != cancels {
			t.Errorf("cancelled %v: %v", cancels, err)
		}
	}
}
