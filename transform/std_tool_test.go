package transform

// stdTool is the package that converted code imports: operations that
// suspend, what drives a coroutine from a function that is not async, and what
// lets an await stand in an expression.
const stdTool = `// Package tool is what the converted packages need.
package tool

import (
	"sync/atomic"

	"github.com/goasync/goasync/rt"
)

// Step suspends once.
func Step() error { return nil }

// A StepOp is a call of Step, part of the frame that awaits it.
type StepOp struct{ fiber *rt.Fiber }

func (o *StepOp) Init()                                    { o.fiber = nil }
func (o *StepOp) Result() (struct{}, error)                { return struct{}{}, nil }
func (o *StepOp) Abort(*rt.Fiber, error) rt.Outcome        { return rt.Refused }
func (o *StepOp) Start(fb *rt.Fiber, parent rt.Resumable) bool {
	o.fiber = fb
	fb.Suspend(parent, o)
	return false
}

func StepAsync() rt.Awaitable[struct{}] { return new(StepOp) }

// Pass suspends n times and returns n. It has no operation to embed.
func Pass(n int) (int, error) { return n, nil }

func PassAsync(n int) rt.Awaitable[int] { return &pass[int]{v: n, times: n} }

// Same returns v. It suspends every other time.
func Same[T any](v T) (T, error) { return v, nil }

func SameAsync[T any](v T) rt.Awaitable[T] { return &pass[T]{v: v, times: int(turn.Add(1) % 2)} }

var turn atomic.Uint32

type pass[T any] struct {
	rt.Frame
	v     T
	times int
	step  StepOp
}

func (p *pass[T]) Resume(fb *rt.Fiber) (done bool) {
	if n := p.Enter(); int(n) < p.times {
		p.step.Start(fb, p)
		return p.Suspend(n + 1)
	}
	return p.End()
}

func (p *pass[T]) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) { return rt.Begin(fb, p, parent) }
func (p *pass[T]) Result() (T, error)                                   { p.Check(); return p.v, nil }

// drive runs a coroutine to its end. Whatever it waits for is a step, so it
// has its fiber go on at once. The converted code it runs may call back a
// function that drives another one.
func drive[T any](aw rt.Awaitable[T]) T {
	co := rt.Drive(aw)
	for {
		waits, done := co.Send()
		if done {
			v, err := co.Result()
			if err != nil {
				panic(err)
			}
			return v
		}
		waits.(*StepOp).fiber.Wake()
	}
}

func Drive0(aw rt.Awaitable[struct{}])   { drive(aw) }
func Drive1[T any](aw rt.Awaitable[T]) T { return drive(aw) }

func Drive2[A, B any](aw rt.Awaitable[rt.Pair[A, B]]) (A, B) {
	p := drive(aw)
	return p.First, p.Second
}

func Drive3[A, B, C any](aw rt.Awaitable[rt.Triple[A, B, C]]) (A, B, C) {
	t := drive(aw)
	return t.First, t.Second, t.Third
}

// Must0 to Must3 take from the results of an await the error, which nobody
// throws.
func Must0(err error) {
	if err != nil {
		panic(err)
	}
}

func Must1[A any](a A, err error) A {
	Must0(err)
	return a
}

func Must2[A, B any](a A, b B, err error) (A, B) {
	Must0(err)
	return a, b
}

func Must3[A, B, C any](a A, b B, c C, err error) (A, B, C) {
	Must0(err)
	return a, b, c
}

// With2 and With3 add the error to the results of a plain call, so that it can
// be returned.
func With2[A, B any](a A, b B) (A, B, error)         { return a, b, nil }
func With3[A, B, C any](a A, b B, c C) (A, B, C, error) { return a, b, c, nil }
`
