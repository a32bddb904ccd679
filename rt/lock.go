package rt

// Lock excludes tasks of one loop from each other across their awaits; code without an await needs none. Who waits for it gets it
// in the order in which they came: Unlock hands it to the first, and who comes meanwhile goes to the end (statements 149 to 154).
// It has no owner: any task may unlock it.
//
// All but Lock belongs to the loop's goroutine, or to that of a plain task.
type Lock struct {
	home
	line   waiters
	locked bool
	holder *Fiber // who took it, for dumps; nil if that was no task
}

// NewLock returns a lock that is free. It belongs to the loop of the first task that uses it.
func NewLock() *Lock { return new(Lock) }

// NewLockOn returns a lock that is free and belongs to l.
func NewLockOn(l *Loop) *Lock { return &Lock{home: home{l}} }

// Lock waits until the lock is free, and takes it. It returns an error, and has not taken it, only if it is cancelled, or thrown
// into. Cancel: lossless; a lock that was handed over is kept, and the next await fails.
//
// A goroutine that is no task blocks, for which the lock must belong to a loop; it gets ErrLoopClosed if that closes before, and
// unlocks with Loop.Post.
func (l *Lock) Lock() error {
	_, err := block(&l.home, l.LockAsync(), "lock.Lock()", "rt.NewLockOn")
	return err
}

// LockAsync is Lock in an async function.
func (l *Lock) LockAsync() Awaitable[struct{}] { return &LockLockOp{lock: l} }

// TryLock takes the lock if it is free, and reports whether it was.
func (l *Lock) TryLock() bool {
	l.loop.check("lock.TryLock")
	if l.locked {
		return false
	}
	l.locked = true
	if l.loop != nil {
		l.holder = l.loop.Current()
	}
	return true
}

// takeFor is TryLock for fb, which may be another than the one that runs.
func (l *Lock) takeFor(fb *Fiber) bool {
	if l.locked {
		return false
	}
	l.locked, l.holder = true, fb.whole()
	return true
}

// Unlock frees the lock, or hands it to who has waited longest. It panics with Misuse if the lock is free (statement 151).
func (l *Lock) Unlock() {
	l.loop.check("lock.Unlock")
	if !l.locked {
		panic(Misuse("rt: Unlock of a lock that is free: unlock once for each time it was taken"))
	}
	if w := l.line.pop(); w != nil {
		l.holder = w.fiber.whole()
		w.fiber.Wake()
		return
	}
	l.locked, l.holder = false, nil
}

// Locked reports whether the lock is taken.
func (l *Lock) Locked() bool { return l.locked }

// settle makes the lock the loop's that fb runs on.
func (l *Lock) settle(fb *Fiber) {
	if l.bind(fb.loop) {
		l.line = waiters{}
	}
}

// LockLockOp is the operation of Lock.Lock.
type LockLockOp struct {
	place
	lock *Lock
}

// Init prepares a wait for l.
func (op *LockLockOp) Init(l *Lock) { op.lock = l }

// Start takes the lock or begins to wait for it.
func (op *LockLockOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	l := op.lock
	if op.enter(fb) {
		l.settle(fb)
		if !l.takeFor(fb) {
			return op.wait(op, &l.line, fb, parent)
		}
	}
	return fb.Ready(parent)
}

// Result returns why the lock was not taken, if it was not.
func (op *LockLockOp) Result() (struct{}, error) {
	op.lock = nil
	return op.result()
}
