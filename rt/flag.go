package rt

// Flag is set or not; tasks of one loop wait for it to be set. It is what asyncio calls an event.
//
// All but Wait belongs to the loop's goroutine, or to that of a plain task.
type Flag struct {
	home
	line waiters
	set  bool
}

// NewFlag returns a flag that is not set. It belongs to the loop of the first task that waits for it.
func NewFlag() *Flag { return new(Flag) }

// NewFlagOn returns a flag that is not set and belongs to l.
func NewFlagOn(l *Loop) *Flag { return &Flag{home: home{l}} }

// Set sets f. Everybody who waits is woken, even if Clear follows at once (statement 155).
func (f *Flag) Set() {
	f.set = true
	f.line.wakeAll()
}

// Clear makes f not set.
func (f *Flag) Clear() { f.set = false }

// IsSet reports whether f is set.
func (f *Flag) IsSet() bool { return f.set }

// Wait waits until f is set. It returns an error only if it is cancelled, or thrown into. Cancel: lossless.
//
// A goroutine that is no task blocks, for which f must belong to a loop; it gets ErrLoopClosed if that closes before.
func (f *Flag) Wait() error {
	_, err := block(&f.home, f.WaitAsync(), "flag.Wait()", "rt.NewFlagOn")
	return err
}

// WaitAsync is Wait in an async function.
func (f *Flag) WaitAsync() Awaitable[struct{}] { return &FlagWaitOp{flag: f} }

// FlagWaitOp is the operation of Flag.Wait.
type FlagWaitOp struct {
	place
	flag *Flag
}

// Init prepares a wait for f.
func (op *FlagWaitOp) Init(f *Flag) { *op = FlagWaitOp{flag: f} }

// Start begins the wait.
func (op *FlagWaitOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	f := op.flag
	op.flag = nil
	if op.enter(fb) {
		if f.bind(fb.loop) {
			f.line = waiters{}
		}
		if !f.set {
			return op.wait(&f.line, fb, parent)
		}
	}
	return fb.Ready(parent)
}

// Result returns why the wait ended before f was set, if it did.
func (op *FlagWaitOp) Result() (struct{}, error) { return op.result() }
