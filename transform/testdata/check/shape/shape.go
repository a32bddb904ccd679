// Package shape has functions that cannot have an async form.
package shape

import "iter"

// async
func nothing() {} // want "async function nothing does not return an error as its last result; add one, since any await can be cancelled"

// async
func noError(n int) int { return n } // want "async function noError does not return an error as its last result; add one, since any await can be cancelled"

// async
func errorFirst() (error, int) { return nil, 0 } // want "async function errorFirst does not return an error as its last result; add one, since any await can be cancelled"

// async
func four() (a, b, c, d int, err error) { return } // want "async function four returns 4 results before the error, and an await carries three; return a struct"

// async
func noBody() error // want "async function noBody has no body; write it in Go"

// async
func init() {} // want "async function init, which is not called but started by Go; mark another function and start that with rt.RunAsync"

// async
func seq() iter.Seq[int] { return nil } // want "async function seq returns an iterator, but does more than that; let its body be return func(yield func(V) bool) { … }, or take that yield as a parameter"

// async
func push(yield func(int) bool) error { return nil } // want "iterator push with results; return nothing or bool, or take yield rt.Yield[V, struct{}] and return an error"

// async
func pair(yield func(int, string) bool) {}

type answers = func(int) (string, error)

// async
func alias(yield answers) error { return nil } // want "type of yield that hides func(Y) (S, error); write the parameter as yield rt.Yield[Y, S], on its own"

type two[A, B any] struct{}

// async
func other(yield two[int, string]) error { return nil } // want "yield of type two[int, string], which is no func(Y) (S, error); write the parameter as yield rt.Yield[Y, S], or rename it"

type E = error

// async
func fine(int, ...string) (_, _, _ int, _ E) { return 0, 0, 0, nil }

// async
func plainYield(yield int) error { return nil }
