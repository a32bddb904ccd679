// Package stock is called by others.
package stock

import (
	"iter"

	r "github.com/goasync/goasync/rt"
	. "github.com/goasync/goasync/testdata/lang/harness"
)

// A Shelf holds things.
type Shelf[T any] struct {
	World *World
	Items []T
}

// Take takes the last item.
//
// async
func (s *Shelf[T]) Take() (item T, left int, err error) {
	if err := r.Await0(s.World.Do("take")); err != nil {
		return item, len(s.Items), err
	}
	n := len(s.Items) - 1
	item, s.Items = s.Items[n], s.Items[:n]
	return item, n, nil
}

// Count counts, through a renamed import and a dot import.
//
// async
func Count(rt *World, n int) (int, error) {
	harness, err := r.Await(rt.Get(n))
	if Show(err) == "script" {
		return -1, ErrScript
	}
	return harness, err
}

// Levels yields levels.
//
// async
func Levels(w *World, n int, yield r.Yield[int, string]) (string, error) {
	for i := range n {
		s, err := yield(i)
		if err != nil {
			return s, err
		}
		w.Trace("level", i, s)
	}
	return "levels", nil
}

// A Filler fills.
type Filler interface {
	Fill(w *World, n int) error
	FillAsync(w *World, n int) r.Awaitable[struct{}]
}

// All fills all.
//
// async
func All(w *World, fs ...Filler) (err error) {
	for n, f := range fs {
		if err = r.Await0(f.Fill(w, n)); err != nil {
			break
		}
	}
	return
}

// Each yields the items, two values at once.
//
// async
func (s *Shelf[T]) Each(yield func(int, T) bool) bool {
	for i, v := range s.Items {
		if !yield(i, v) {
			return false
		}
	}
	return true
}

// UpTo returns an iterator.
//
// async
func UpTo(w *World, n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer w.Trace("up to", n)
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// Deliver yields what it takes, last first: an async generator.
//
// async
func (s *Shelf[T]) Deliver(yield r.Yield[T, struct{}]) error {
	for len(s.Items) > 0 {
		v, _, err := r.Await2(s.Take())
		if err != nil {
			return err
		}
		if _, err := yield(v); err != nil {
			return err
		}
	}
	return nil
}

// Pass is one only because it passes its yield on to one.
//
//async:twin PassLater
func Pass[T any](s *Shelf[T], yield r.Yield[T, struct{}]) error { return r.Await0(s.Deliver(yield)) }

// A Counter has functions for other packages to set, and their async forms.
type Counter[T any] struct {
	Name        string
	Handle      func(T) (T, error)
	HandleAsync func(T) r.Awaitable[T]
	Hook        func(name string) error
	HookAsync   func(name string) r.Awaitable[struct{}]
}

// Serve lets the hook know and handles v.
//
// async
func (c *Counter[T]) Serve(v T) (T, error) {
	if c.Hook != nil {
		if err := r.Await0(c.Hook(c.Name)); err != nil {
			return v, err
		}
	}
	return r.Await(c.Handle(v))
}
