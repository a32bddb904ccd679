package rt

// branch is one of several things that a fiber waits for at once, in a Select or a Wait. It lends the operation a fiber, to which
// it says that it is done, as to any, by Wake; and Wake then tells the keeper of the branch, there and then, before anything
// else runs. So the keeper can withdraw the other branches while nobody has handed them anything yet.
type branch struct {
	runs  Fiber
	extra fiberExtra // of runs, where a withdrawal leaves its error
	of    *Fiber     // whose branch it is
	keeps branching
	index int // for the keeper
}

// branching is who has branches.
type branching interface {
	// completed says that what the branch waited for is done.
	completed(index int)
}

// begin makes b a branch of fb, ready to start one operation.
func (b *branch) begin(fb *Fiber, keeps branching, index int) {
	b.of, b.keeps, b.index = fb, keeps, index
	b.runs = Fiber{leaf: b, loop: fb.loop, credit: maxCredit, flags: fiberBranch, extra: &b.extra}
}

// whole returns the fiber that fb is a branch of, fb itself if it is none.
func (fb *Fiber) whole() *Fiber {
	if fb.flags&fiberBranch == 0 {
		return fb
	}
	return fb.leaf.(*branch).of
}

// woken passes on that the operation is done.
func (b *branch) woken() { b.keeps.completed(b.index) }

// Base is nil: a branch has no frame.
func (b *branch) Base() *Frame { return nil }

// Resume is never called, since nobody queues the fiber.
func (b *branch) Resume(*Fiber) (done bool) { panic("rt: a branch is not resumed") }
