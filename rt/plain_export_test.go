package rt

// PlainAsync is the awaitable of a plain call of f, for tests that put both forms on one loop.
func PlainAsync[T any](f func() (T, error)) Awaitable[T] { return newGoCoro(f) }

// ThrowInto has what t awaits, or awaits next, fail with err.
func ThrowInto[T any](t *Task[T], err error) { t.runs.throw(err) }
