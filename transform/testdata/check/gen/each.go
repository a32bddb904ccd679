package gen

import (
	"errors"

	"github.com/goasync/goasync/rt"
)

func unmarked(yield rt.Yield[int, struct{}]) error { return errors.New("unmarked") }

// async
func named(give func(int) (struct{}, error)) error { return nil }

// async
func each(source func(rt.Yield[int, struct{}]) error) error {
	for range rt.Each(unmarked) { // want "unmarked as the source of rt.Each, which has no async form unmarkedAsync; mark unmarked with //async"
	}
	for range rt.Each(source) { // want "source as the source of rt.Each; write a marked generator, or func(yield rt.Yield[V, struct{}]) error { … }"
	}
	for range rt.Each(named) { // want "named as the source of rt.Each, whose parameter is not called yield; rename it, or write func(yield rt.Yield[V, struct{}]) error { … }"
	}
	seq := rt.Each(func(yield rt.Yield[int, struct{}]) error { // want "rt.Each that no loop ranges over; write for v, err := range rt.Each(…) in the async function itself"
		return nil
	})
	for range seq {
	}
	func() {
		for range rt.Each(unmarked) { // want "rt.Each that no loop ranges over; write for v, err := range rt.Each(…) in the async function itself"
		}
	}()
	for range rt.Each(func(yield rt.Yield[int, struct{}]) error {
		keep := yield // want "yield used as a value; call it, or pass it on in rt.Await(g(yield))"
		_, err := keep(1)
		return err
	}) {
	}
	return nil
}

// async
func eachIn(yield func(int) bool) {
	for v := range rt.Each(uses2) { // want "rt.Each in an iterator, which cannot be awaited; write yield rt.Yield[V, struct{}] and return an error"
		yield(v)
	}
}

// async
func uses2(yield rt.Yield[int, struct{}]) error {
	_, err := yield(1)
	return err
}
