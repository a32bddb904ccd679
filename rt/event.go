package rt

// Event is set or not; tasks of one loop wait for it to be set.
//
// All but Wait belongs to the loop's goroutine, or to that of a plain task.
type Event struct {
	home
	line waiters
	set  bool
}

// NewEvent returns an event that is not set. It belongs to the loop of the first task that waits for it.
func NewEvent() *Event { return new(Event) }

// NewEventOn returns an event that is not set and belongs to l.
func NewEventOn(l *Loop) *Event { return &Event{home: home{l}} }

// Set sets e. Everybody who waits is woken, even if Clear follows at once (statement 155).
func (e *Event) Set() {
	e.loop.check("event.Set")
	e.set = true
	e.line.wakeAll()
}

// Clear makes e not set.
func (e *Event) Clear() {
	e.loop.check("event.Clear")
	e.set = false
}

// IsSet reports whether e is set.
func (e *Event) IsSet() bool { return e.set }

// Wait waits until e is set. It returns an error only if it is cancelled, or thrown into. Cancel: lossless.
//
// A goroutine that is no task blocks, for which e must belong to a loop; it gets ErrLoopClosed if that closes before.
func (e *Event) Wait() error {
	_, err := block(&e.home, e.WaitAsync(), "event.Wait()", "rt.NewEventOn")
	return err
}

// WaitAsync is Wait in an async function.
func (e *Event) WaitAsync() Awaitable[struct{}] { return &EventWaitOp{event: e} }

// EventWaitOp is the operation of Event.Wait.
type EventWaitOp struct {
	place
	event *Event
}

// Init prepares a wait for e.
func (op *EventWaitOp) Init(e *Event) { op.event = e }

// Start begins the wait.
func (op *EventWaitOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	e := op.event
	if op.enter(fb) {
		if e.bind(fb.loop) {
			e.line = waiters{}
		}
		if !e.set {
			return op.wait(op, &e.line, fb, parent)
		}
	}
	return fb.Ready(parent)
}

// Result returns why the wait ended before e was set, if it did.
func (op *EventWaitOp) Result() (struct{}, error) {
	op.event = nil
	return op.result()
}
