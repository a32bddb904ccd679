package rt

// Tailing is a coroutine that may end with the await of another one, whose results are its own.
type Tailing[T any] interface {
	Resumable
	// Tail is where it keeps that one.
	Tail() *Awaitable[T]
}

// frameTail marks a frame that awaits the call that it ends with.
const frameTail uint32 = 2

// StartTail begins the call that co ends with. If co itself is what another one ends with, the first of these awaits the call in
// its place, and the others, which have nothing more to do, are left: so functions that end with each other take turns in
// constant memory.
func StartTail[T any](fb *Fiber, co Tailing[T]) (ready bool) {
	call, first := *co.Tail(), co
	for {
		above, ok := first.Base().parent.(Tailing[T])
		if !ok || above.Base().flags&frameTail == 0 {
			break
		}
		first = above
	}
	first.Base().flags |= frameTail
	*first.Tail() = call
	return call.Start(fb, first)
}
