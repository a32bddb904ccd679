// Package stmts has awaits in statements that block the loop.
package stmts

import "github.com/goasync/goasync/rt"

// async
func ok() error { return nil }

// async
func blocking(ch chan int) error {
	select { // want "select without default, which blocks the loop, around rt.Await0; add a default, or await rt.Select with an rt.Receiver for each channel"
	case <-ch:
		rt.Await0(ok())
	}
	select { // want "select without default, which blocks the loop, around rt.Await0; add a default, or await rt.Select with an rt.Receiver for each channel"
	case ch <- len(rt.Await0(ok()).Error()):
	}
	select {
	case <-ch:
		rt.Await0(ok())
	default:
	}
	return nil
}
