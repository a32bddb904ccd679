package rt

import "time"

// The end by a panic. A panic that nobody handles is to stop the program, as one on a goroutine does, also if some task refuses to
// end: one under a Shield that waits for a socket, for an hour or for ever. But well-behaved tasks are to run their deferred calls
// first. So where no grace was set, the tasks that are left are cancelled and turn on with no wait: as long as something is ready,
// without the poller, the clock or a goroutine of Blocking being waited for. Who swallows its cancels, and so is always ready, is
// bounded by the number of turns. Then the panic goes on; tasks that have not ended are dropped where they are.

// lastTurns are how many turns there are for each task at most: as many as a fiber has awaits until it lets others run.
const lastTurns = maxCredit

// turnLast gives the tasks of l, which were cancelled, their last turns.
func (l *Loop) turnLast() {
	if l.member != nil {
		l.member.group.turnLast(l)
		return
	}
	for turns := l.tasks * lastTurns; l.tasks > 0 && turns > 0; turns-- {
		if ran, err := l.turnReady(); !ran || err != nil {
			return
		}
	}
}

// turnReady makes a turn that does not wait. It reports false if nothing was ready.
func (l *Loop) turnReady() (ran bool, err error) {
	l.stopping = true
	defer func() { l.stopping = false }()
	if err := l.begin(); err != nil || l.ready.head == l.until {
		return false, err
	}
	l.finish()
	l.leave()
	return true, nil
}

// finish runs what is ready in the turn under way, up to a panic that ends the loop.
func (l *Loop) finish() {
	for l.ready.head != l.until {
		l.batch()
	}
}

// turnsLast reports whether what is left on l gets its last turns alone: a panic is on its way out, and no grace bounds the end.
func (l *Loop) turnsLast(until time.Duration) bool { return l.dying && until == forever }

// serves reports whether l turns on without tasks, for other loops of RunLoops that have their last turns.
func (l *Loop) serves(until time.Duration) bool { return l.member != nil && l.turnsLast(until) }

// turnLast is turnLast of the loops of RunLoops: the tasks of one may wait for those of another, as in On. So a loop on which
// nothing is ready sleeps until one of the others posts, and all are done when all sleep.
func (g *loopGroup) turnLast(l *Loop) {
	if x := l.left; x != nil { // the others may not know yet
		g.failed(x)
	}
	g.turns.Add(int64(l.tasks+1) * lastTurns)
	for g.turns.Add(-1) >= 0 {
		ran, err := l.turnReady()
		if err != nil {
			return
		}
		if !ran && (g.sleeps(l) || l.poll(-1) != nil || g.wakes(l)) {
			return
		}
	}
}
