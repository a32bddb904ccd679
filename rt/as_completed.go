package rt

// AsCompleted returns a queue into which each of ws is put as it ends, those that have ended already at once, and which is closed
// after the last (statements 113 to 115). Each comes once, however often it was given.
//
//	for task, err := range rt.Each(rt.AsCompleted(tasks...).All) {
//		if err != nil {
//			return err // this loop is cancelled, or out of time; the tasks are not
//		}
//		v, err := task.Result()
//
// Of tasks and futures of several types, W is Awaited. Waiting for them in this way raises no error of theirs and cancels none
// of them; a panic of a task is in its Result. Cancel: lossless, as that of the queue. All must be of one loop, on which AsCompleted
// is called.
func AsCompleted[W Awaited](ws ...W) *Queue[W] {
	var l *Loop
	for _, w := range ws {
		if l == nil {
			l = w.belongsTo()
		}
	}
	c := &completions[W]{queue: NewQueueOn[W](l, 0), places: make([]waitPlace, len(ws))}
	c.queue.from = c
	ear := Fiber{loop: l}
	seen := make(map[Awaited]bool, len(ws))
	for _, w := range ws {
		if seen[w] {
			continue
		}
		seen[w] = true
		c.ws = append(c.ws, w)
		if line := w.joins(&ear); !w.Done() { // may panic; until now nothing has begun
			c.places[len(c.ws)-1].line = line
		}
	}
	c.left = len(c.ws)
	for i := range c.ws {
		p := &c.places[i]
		if p.line == nil {
			c.completed(i)
			continue
		}
		p.branch.begin(&ear, c, i)
		p.waiter.fiber = &p.branch.runs
		p.line.add(&p.waiter)
	}
	if len(ws) == 0 {
		c.queue.Close()
	}
	return c.queue
}

// completions puts what ends into a queue.
type completions[W Awaited] struct {
	ws     []W
	places []waitPlace
	queue  *Queue[W]
	left   int // that have not ended
}

func (c *completions[W]) completed(index int) {
	c.places[index].line = nil
	c.queue.TryPut(c.ws[index])
	if c.left--; c.left == 0 {
		c.queue.Close()
	}
}
