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

// Values has something across one suspension, and nothing across the next.
//
// async
func Values(k *Keeper, n int) error {
	for range n {
		p := k.large()
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
		use(p)
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
	}
	return nil
}

// Ends suspends when a call has ended that had something.
//
// async
func Ends(k *Keeper, n int) error {
	for range n {
		if err := rt.Await0(round(k)); err != nil {
			return err
		}
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
	}
	return nil
}

// A page has no pointers; a frame with it is too large to be a field of another.
type page [1 << 12]byte

// AfterPage suspends after a call whose frame has nothing but that of another call.
//
// async
func AfterPage() error {
	if _, err := rt.Await(throughPage()); err != nil {
		return err
	}
	return rt.Await0(rt.YieldNow())
}

// AfterOuter does so after a call that has the frame with that.
//
// async
func AfterOuter() error {
	if _, err := rt.Await(outerPage()); err != nil {
		return err
	}
	return rt.Await0(rt.YieldNow())
}

// async
func outerPage() (int, error) {
	n, err := rt.Await(throughPage())
	return n + 1, err
}

// async
func throughPage() (int, error) {
	n, err := rt.Await(pageCall())
	return n + 1, err
}

// async
func pageCall() (int, error) {
	var v page
	err := rt.Await0(rt.YieldNow())
	v[0]++
	return int(v[0]), err
}

// AfterDefers suspends after a call with deferred calls alone.
//
// async
func AfterDefers() error {
	if err := rt.Await0(deferring()); err != nil {
		return err
	}
	return rt.Await0(rt.YieldNow())
}

// async
func deferring() error {
	for range len(page{}) / 16 { // the bytes of one
		defer nothing()
	}
	return rt.Await0(rt.YieldNow())
}

func nothing() {}
