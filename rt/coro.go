package rt

// Resumable is a coroutine as its fiber sees it.
type Resumable interface {
	// Resume runs the coroutine to its next suspension or its end and reports whether it has ended. Only the runtime calls it.
	Resume(fb *Fiber) (done bool)
	// Base returns the coroutine's frame.
	Base() *Frame
}

// Awaitable is what can be awaited: a call that has not begun, or an operation.
type Awaitable[T any] interface {
	// Start begins it on fb. False says that it has suspended: the fiber will be woken, and parent, which awaits it, resumed.
	// True says that it is done. An awaitable is started once.
	Start(fb *Fiber, parent Resumable) (ready bool)
	// Result returns what it came to, once it is done; a coroutine that panicked panics here with the same value. A Resumable
	// can be asked any number of times, an operation is asked once.
	Result() (T, error)
}

// Coroutine is one call of an async function. It is awaited, spawned as a task, or driven by hand with Send; Drive makes one
// of any Awaitable.
type Coroutine[T any] interface {
	Resumable
	Awaitable[T]
	// Send runs the coroutine to its next suspension and returns what it waits for, or done. See the function Send.
	Send() (waits Operation, done bool)
	// Throw has the innermost await fail with err. See the function Throw.
	Throw(err error)
	// Close has every await fail until the coroutine has ended. See the function Close.
	Close() error
}

// Operation is what a fiber is suspended on.
type Operation interface {
	// Abort asks the operation to end with err now.
	Abort(fb *Fiber, err error) Outcome
}

// Outcome is an operation's answer to Abort.
type Outcome int8

const (
	// Aborted: it has ended with err, is unlinked everywhere and will not wake the fiber. The caller wakes it.
	Aborted Outcome = iota
	// Forwarded: it has passed err on, will wake the fiber itself, and err is then part of its result if it still applies.
	Forwarded
	// Refused: it cannot be aborted and will wake the fiber with its own result. The error stays for the next operation.
	Refused
)

// A driver stands where the parent of a fiber's outermost frame would: when that frame has ended, the fiber resumes the
// driver, whose Base is nil. A task, a callback, a hand-driven coroutine and a generator are drivers.
type driver interface {
	Resumable
	// fiber returns the fiber that it drives.
	fiber() *Fiber
	// failed is called instead of Resume when what it runs directly, without a frame, has panicked.
	failed(fb *Fiber, x *Failure)
}
