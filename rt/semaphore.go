package rt

// Semaphore bounds how many tasks of one loop do something at the same time: each has one of its permits meanwhile. Who waits gets
// a permit in the order in which they came (statements 162 to 165).
//
// There are two kinds. A bounded one (NewSemaphore) has a number of permits that stays, and a Release too many is a bug that panics. An
// unbounded one (NewUnboundedSemaphore) counts something that comes and goes, as work for others to take: Release adds a permit.
//
// All but Acquire belongs to the loop's goroutine, or to that of a plain task.
type Semaphore struct {
	home
	line    waiters // empty if there is a permit
	permits int     // that nobody has
	max     int     // of them; 0: no bound
}

// NewSemaphore returns a bounded semaphore with n permits, at least one. It belongs to the loop of the first task that uses it.
func NewSemaphore(n int) *Semaphore { return NewSemaphoreOn(nil, n) }

// NewSemaphoreOn is NewSemaphore of a semaphore that belongs to l.
func NewSemaphoreOn(l *Loop, n int) *Semaphore {
	if n < 1 {
		panic(Misuse("rt: a bounded semaphore without permits lets nobody through: give it one or more, or use rt.NewUnboundedSemaphore"))
	}
	return &Semaphore{home: home{l}, permits: n, max: n}
}

// NewUnboundedSemaphore returns an unbounded semaphore that has n permits for now, none or more. It belongs to the loop of the first
// task that uses it.
func NewUnboundedSemaphore(n int) *Semaphore { return NewUnboundedSemaphoreOn(nil, n) }

// NewUnboundedSemaphoreOn is NewUnboundedSemaphore of a semaphore that belongs to l.
func NewUnboundedSemaphoreOn(l *Loop, n int) *Semaphore {
	if n < 0 {
		panic(Misuse("rt: a semaphore with fewer than no permits: give it none, or more"))
	}
	return &Semaphore{home: home{l}, permits: n}
}

// Acquire waits for a permit and takes it. It returns an error, and has taken none, only if it is cancelled, or thrown into.
// Cancel: lossless; a permit that was handed over is kept, and the next await fails.
//
// A goroutine that is no task blocks, for which the semaphore must belong to a loop; it gets ErrLoopClosed if that closes before,
// and releases with Loop.Post.
func (s *Semaphore) Acquire() error {
	_, err := block(&s.home, s.AcquireAsync(), "semaphore.Acquire()", s.constructor())
	return err
}

// constructor names what makes one like s on a loop.
func (s *Semaphore) constructor() string {
	if s.max == 0 {
		return "rt.NewUnboundedSemaphoreOn"
	}
	return "rt.NewSemaphoreOn"
}

// AcquireAsync is Acquire in an async function.
func (s *Semaphore) AcquireAsync() Awaitable[struct{}] { return &SemaphoreAcquireOp{semaphore: s} }

// TryAcquire takes a permit if there is one, and reports whether there was.
func (s *Semaphore) TryAcquire() bool {
	s.loop.check("semaphore.TryAcquire")
	if s.permits == 0 {
		return false
	}
	s.permits--
	return true
}

// Release gives a permit back, or adds one, or hands it to who has waited longest. It panics with Misuse if s is bounded and has all its
// permits (statement 165).
func (s *Semaphore) Release() {
	s.loop.check("semaphore.Release")
	if s.max > 0 && s.permits == s.max {
		panic(Misuse("rt: Release of a semaphore that has all its permits: release once for each Acquire"))
	}
	if w := s.line.pop(); w != nil {
		w.fiber.Wake()
		return
	}
	s.permits++
}

// Available returns how many permits nobody has; 0 while somebody waits.
func (s *Semaphore) Available() int { return s.permits }

// SemaphoreAcquireOp is the operation of Semaphore.Acquire.
type SemaphoreAcquireOp struct {
	place
	semaphore *Semaphore
}

// Init prepares a wait for a permit of s.
func (op *SemaphoreAcquireOp) Init(s *Semaphore) { op.semaphore = s }

// Start takes a permit or begins to wait for one.
func (op *SemaphoreAcquireOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	s := op.semaphore
	if op.enter(fb) {
		if s.bind(fb.loop) {
			s.line = waiters{}
		}
		if !s.TryAcquire() {
			return op.wait(op, &s.line, fb, parent)
		}
	}
	return fb.Ready(parent)
}

// Result returns why no permit was taken, if none was.
func (op *SemaphoreAcquireOp) Result() (struct{}, error) {
	op.semaphore = nil
	return op.result()
}
