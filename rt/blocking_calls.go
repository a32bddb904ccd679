package rt

// defaultBlocking is LoopOptions.MaxBlocking where that is not set, and maxThreads what RunLoops shares among its loops, which
// leaves some of the 10,000 threads that a Go program may have to everything else.
const (
	defaultBlocking = 512
	maxThreads      = 8192
)

// blockingShare returns how many goroutines of Blocking each of n loops may have.
func blockingShare(n int) int { return max(1, min(defaultBlocking, maxThreads/n)) }

// blockingCalls are the calls of Blocking on a loop: how many have a goroutine, and the line of those that have none yet. It is
// the loop's alone.
type blockingCalls struct {
	max     int
	running int                 // goroutines that have not said that they return, those of abandoned calls among them
	line    ring[*blockingTurn] // empty unless it is full
}

// blockingTurn is the place in line of a call.
type blockingTurn struct {
	link  link[*blockingTurn]
	begin func()
}

func (b *blockingCalls) full() bool { return b.running >= b.max }

// wait puts a call at the end of the line; begin is called in its turn.
func (b *blockingCalls) wait(begin func()) *blockingTurn {
	t := &blockingTurn{begin: begin}
	t.link.of = t
	b.line.add(&t.link)
	return t
}

// returned takes note that a goroutine has returned, and begins the call that has waited longest.
func (b *blockingCalls) returned() {
	b.running--
	if t := b.line.pop(); t != nil {
		t.begin()
	}
}
