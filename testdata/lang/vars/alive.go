package vars

import (
	"weak"

	"github.com/goasync/goasync/rt"
)

// Large is something whose memory is missed.
type Large [1 << 16]byte

// Keeper makes large values and remembers whether they are there.
type Keeper struct {
	made []weak.Pointer[Large]
}

func (k *Keeper) large() *Large {
	p := new(Large)
	k.made = append(k.made, weak.Make(p))
	return p
}

func use(p *Large) { p[0]++ }

// Rounds makes calls one after the other, whose frame is the same.
//
// async
func Rounds(k *Keeper, n int) error {
	for range n {
		if err := rt.Await0(round(k)); err != nil {
			return err
		}
	}
	return nil
}

// round suspends before it has something, and ends while it has.
//
// async
func round(k *Keeper) error {
	if err := rt.Await0(rt.YieldNow()); err != nil {
		return err
	}
	p := k.large()
	err := rt.Await0(rt.YieldNow())
	use(p)
	return err
}

// Descents makes recursive calls one after the other.
//
// async
func Descents(k *Keeper, n int) error {
	for range n {
		if err := rt.Await0(descend(k, 3)); err != nil {
			return err
		}
	}
	return nil
}

// async
func descend(k *Keeper, depth int) error {
	if err := rt.Await0(rt.YieldNow()); err != nil || depth == 0 {
		return err
	}
	p := k.large()
	err := rt.Await0(descend(k, depth-1))
	use(p)
	return err
}

// Forwards makes calls that end with the await of something whose frame is its own.
//
// async
func Forwards(k *Keeper, n int) error {
	for range n {
		if err := rt.Await0(forward(k.roundIn)); err != nil {
			return err
		}
	}
	return nil
}

// async
func forward(f func() error) error {
	if err := rt.Await0(rt.YieldNow()); err != nil {
		return err
	}
	return rt.Await0(f())
}

// async
func (k *Keeper) roundIn() error { return rt.Await0(round(k)) }
