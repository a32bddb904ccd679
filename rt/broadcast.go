package rt

import (
	"errors"
	"fmt"
)

// Broadcast passes each item to all who have subscribed. Send never waits: each subscriber has a buffer of a bounded size, and a
// policy for when it is full. What was sent before one subscribed, it does not see.
//
// All of it belongs to the loop's goroutine, or to that of a plain task; other goroutines send with Loop.Post.
type Broadcast[T any] struct {
	home
	subscriptions ring[*Subscription[T]]
	closed        bool
}

// SlowPolicy says what becomes of a subscriber that has its buffer full when an item comes.
type SlowPolicy uint8

const (
	// DropOldest removes the oldest item of the buffer. Get returns a *MissedError where items are missing, and then goes on.
	DropOldest SlowPolicy = iota
	// CloseSlow ends the subscription. Get returns what the buffer has, and then ErrTooSlow.
	CloseSlow
)

// ErrTooSlow is returned by Get of a subscription that was ended because its buffer was full (CloseSlow).
var ErrTooSlow = errors.New("rt: the subscription was ended, as its buffer was full: get faster, or subscribe with a larger one")

// MissedError is the error of Get where items are missing that were sent while the buffer was full (DropOldest).
type MissedError struct {
	// Missed is how many items were dropped since the last one that was got; at least one.
	Missed int
}

// Error says how many items are missing.
func (e *MissedError) Error() string {
	return fmt.Sprintf("rt: the subscriber was too slow: %d of the items sent were dropped", e.Missed)
}

// NewBroadcast returns a broadcast without subscribers. It belongs to the loop of the first task that gets an item from one of its
// subscriptions.
func NewBroadcast[T any]() *Broadcast[T] { return new(Broadcast[T]) }

// NewBroadcastOn returns a broadcast without subscribers that belongs to l.
func NewBroadcastOn[T any](l *Loop) *Broadcast[T] { return &Broadcast[T]{home: home{l}} }

// Send passes v to every subscriber, in the order in which they have subscribed. It returns ErrClosed once the broadcast is closed,
// and is no error if nobody has subscribed.
func (b *Broadcast[T]) Send(v T) error {
	b.loop.check("broadcast.Send")
	if b.closed {
		return ErrClosed
	}
	b.each(func(s *Subscription[T]) { s.offer(v) })
	return nil
}

// Subscribe returns a subscription with a buffer for max items, at least one, from now until it or the broadcast is closed.
func (b *Broadcast[T]) Subscribe(max int, slow SlowPolicy) *Subscription[T] {
	b.loop.check("broadcast.Subscribe")
	if max < 1 {
		panic(Misuse("rt: a subscription without a buffer would miss everything: give it room for one item or more"))
	}
	s := &Subscription[T]{from: b, slow: slow}
	s.queue.home, s.queue.max, s.queue.from = b.home, max, s
	if b.closed {
		s.queue.Close()
		return s
	}
	s.link.of = s
	b.subscriptions.add(&s.link)
	s.subscribed = true
	return s
}

// Close ends the broadcast: Send fails with ErrClosed, and Get of each subscription when what its buffer has was got. Closing again
// is nothing.
func (b *Broadcast[T]) Close() {
	b.loop.check("broadcast.Close")
	b.closed = true
	b.each((*Subscription[T]).end)
}

// Closed reports whether Close was called.
func (b *Broadcast[T]) Closed() bool { return b.closed }

// each calls f with all subscriptions, first to last; f may end the one that it is called with.
func (b *Broadcast[T]) each(f func(s *Subscription[T])) {
	l := b.subscriptions.first
	if l == nil {
		return
	}
	for last := l.prev; ; {
		next, isLast := l.next, l == last
		f(l.of)
		if isLast {
			return
		}
		l = next
	}
}

// Subscription is what one subscriber has of a Broadcast.
//
// All but Get belongs to the loop's goroutine, or to that of a plain task.
type Subscription[T any] struct {
	from       *Broadcast[T]
	link       link[*Subscription[T]]
	queue      Queue[T] // the buffer and who waits for an item
	slow       SlowPolicy
	subscribed bool // in the ring of from
	tooSlow    bool // ended by CloseSlow
	missed     int  // items before the first of the queue: not told yet
}

// offer passes v on, as the policy says if there is no room.
func (s *Subscription[T]) offer(v T) {
	switch {
	case s.queue.TryPut(v):
	case s.slow == CloseSlow:
		s.tooSlow = true
		s.end()
	default:
		s.queue.TryGet()
		s.missed++
		s.queue.TryPut(v)
	}
}

// end has no more items come.
func (s *Subscription[T]) end() {
	if s.subscribed {
		s.subscribed = false
		s.from.subscriptions.remove(&s.link)
	}
	s.queue.Close()
}

// Get returns the next item, after waiting for one. Its errors are *MissedError, once where items were dropped; ErrTooSlow, from
// then on; ErrClosed, when the subscription or the broadcast is closed and no item is left; and those of a cancel or a throw.
// Cancel: lossless; an item that was handed over is returned, and the next await fails. Tasks that share a subscription share its
// items: each goes to who has waited longest.
//
// A goroutine that is no task blocks, for which the broadcast must belong to a loop; it gets ErrLoopClosed if that closes before.
func (s *Subscription[T]) Get() (T, error) {
	return block(&s.from.home, s.GetAsync(), "subscription.Get()", "rt.NewBroadcastOn")
}

// GetAsync is Get in an async function.
func (s *Subscription[T]) GetAsync() Awaitable[T] {
	op := new(SubscriptionGetOp[T])
	op.Init(s)
	return op
}

// TryGet returns the next item, if there is one; ok is false if there is none. What Get would return at once is an error here, too: a
// *MissedError, once where items were dropped, ErrTooSlow or ErrClosed.
func (s *Subscription[T]) TryGet() (v T, ok bool, err error) {
	s.from.loop.check("subscription.TryGet")
	if err := s.takeMissed(); err != nil {
		return v, false, err
	}
	if v, ok = s.queue.TryGet(); !ok && s.queue.closed {
		err = s.orTooSlow(ErrClosed)
	}
	return v, ok, err
}

// takeMissed returns the error that tells of the items that are missing before the next one, once; nil if none are.
func (s *Subscription[T]) takeMissed() error {
	if s.missed == 0 {
		return nil
	}
	err := &MissedError{s.missed}
	s.missed = 0
	return err
}

// orTooSlow returns err, or the reason for it if that is that the subscription was ended by CloseSlow.
func (s *Subscription[T]) orTooSlow(err error) error {
	if err == ErrClosed && s.tooSlow {
		return ErrTooSlow
	}
	return err
}

// All is an async generator of the items, as they come, until the subscription or the broadcast is closed and no item is left:
//
//	for item, err := range rt.Each(s.All) {
//
// Where items were dropped it ends, with the *MissedError; another loop over All goes on after them. So it does with ErrTooSlow, for
// good. Tasks that share a subscription share its items. Leaving the loop takes no further item. Cancel: lossless.
func (s *Subscription[T]) All(yield Yield[T, struct{}]) error { return plainSeries(s.Get, yield) }

// AllAsync is All in an async function.
func (s *Subscription[T]) AllAsync() *AsyncGenerator[T, struct{}, struct{}] {
	return newSeries(s.GetAsync)
}

// Len returns how many items the buffer has.
func (s *Subscription[T]) Len() int { return s.queue.Len() }

// Close ends the subscription and drops what its buffer has; Get fails with ErrClosed, also where it waits. Closing again is
// nothing.
func (s *Subscription[T]) Close() {
	s.from.loop.check("subscription.Close")
	s.end()
	s.queue.CloseNow()
	s.missed, s.tooSlow = 0, false
}

// SubscriptionGetOp is the operation of Subscription.Get.
type SubscriptionGetOp[T any] struct {
	subscription *Subscription[T]
	get          QueueGetOp[T]
}

// Init prepares to get an item from s.
func (op *SubscriptionGetOp[T]) Init(s *Subscription[T]) {
	op.subscription = s
	op.get.Init(&s.queue)
}

// Start gets an item, or the error for those that are missing, or begins to wait.
func (op *SubscriptionGetOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	s := op.subscription
	s.from.bind(fb.loop)
	if s.missed == 0 {
		return op.get.Start(fb, parent)
	}
	op.get.fiber = fb
	err := fb.Checkpoint()
	if err == nil {
		err = s.takeMissed()
	}
	fb.deliver(err)
	return fb.Ready(parent)
}

// Abort gives up the place in line.
func (op *SubscriptionGetOp[T]) Abort(fb *Fiber, err error) Outcome { return op.get.Abort(fb, err) }

// Result returns the item, or why there is none.
func (op *SubscriptionGetOp[T]) Result() (T, error) {
	s := op.subscription
	op.subscription = nil
	v, err := op.get.Result()
	return v, s.orTooSlow(err)
}
