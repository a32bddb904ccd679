package rt

// Map calls f for every item, at most limit calls at the same time, or all if limit is not positive, each in a task of its own,
// waits for all of them, and returns their results in the order of the items. Calls begin in the order of the items. Of no
// items it returns at once.
//
// The first error cancels the other calls, and no more are begun; Map waits until those that had begun have ended and returns
// that error alone. A panic of a call cancels the others, too, and panics in the caller with the same value. A cancel of the caller
// cancels all calls, and Map returns it, joined with the first error that was none, once they have ended. Cancel: what the calls
// had returned by then is lost.
//
// Outside a task it runs them on a loop of its own, as Run does.
func Map[A, B any](limit int, items []A, f func(A) (B, error)) ([]B, error) {
	if t := taskHere(); t != nil {
		op := new(MapOp[A, B])
		op.Init(limit, items, func(item A) Awaitable[B] {
			return newGoCoro(func() (B, error) { return f(item) })
		})
		return blockIn[[]B](t, op)
	}
	refuseOnLoop("rt.Map(limit, items, f)")
	return Run(func() ([]B, error) { return Map(limit, items, f) })
}

// Map0 is Map for an f without a result.
func Map0[A any](limit int, items []A, f func(A) error) error {
	_, err := Map(limit, items, func(item A) (struct{}, error) { return struct{}{}, f(item) })
	return err
}

// MapAsync is Map in an async function.
func MapAsync[A, B any](limit int, items []A, f func(A) Awaitable[B]) Awaitable[[]B] {
	op := new(MapOp[A, B])
	op.Init(limit, items, f)
	return op
}

// Map0Async is Map0 in an async function.
func Map0Async[A any](limit int, items []A, f func(A) Awaitable[struct{}]) Awaitable[struct{}] {
	op := new(Map0Op[A])
	op.Init(limit, items, f)
	return op
}

// MapOp is the operation of Map.
type MapOp[A, B any] struct{ GatherOp[B] }

// Init prepares the calls of f.
func (op *MapOp[A, B]) Init(limit int, items []A, f func(A) Awaitable[B]) {
	op.GatherOp = GatherOp[B]{count: len(items), limit: limit, item: func(i int) Awaitable[B] { return f(items[i]) }}
}

// Map0Op is the operation of Map0.
type Map0Op[A any] struct{ Gather0Op }

// Init prepares the calls of f.
func (op *Map0Op[A]) Init(limit int, items []A, f func(A) Awaitable[struct{}]) {
	op.GatherOp = GatherOp[struct{}]{count: len(items), limit: limit, item: func(i int) Awaitable[struct{}] { return f(items[i]) }}
}
