package rt_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
)

func ExampleNursery() {
	err := rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error {
			defer fmt.Println("the server has ended")
			return rt.Sleep(time.Hour)
		})
		n, err := length("apple")
		fmt.Println(n, err)
		g.Cancel(nil) // no error: it is how the nursery ends
		return nil
	})
	fmt.Println(err)

	// The first error cancels the others; all errors are returned.
	err = rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { _, err := length(""); return err })
		g.Go(func() error { rt.Sleep(time.Hour); return errors.New("closing: failed") })
		return nil
	})
	fmt.Println(err)
	// Output:
	// 5 <nil>
	// the server has ended
	// <nil>
	// 2 errors: no word; closing: failed
}
