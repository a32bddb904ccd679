package transform

// findCircles numbers the functions of u so that those that await each other
// in a circle, and so may come back to themselves, have the same number, and
// no others do. (They are the strongly connected components of the graph of
// awaits, by Tarjan's algorithm.)
func findCircles(u *unit) {
	c := &circler{low: map[*function]int{}}
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			for _, fn := range fn.all() {
				if c.low[fn] == 0 {
					c.visit(fn)
				}
			}
		}
	}
}

type circler struct {
	low   map[*function]int // from 1: the earliest function on the path that it is known to come back to
	path  []*function       // those whose circle is not complete
	count int
}

func (c *circler) visit(fn *function) {
	at := len(c.path)
	c.count++
	index := c.count
	c.low[fn] = index
	c.path = append(c.path, fn)
	for _, call := range fn.order {
		next := call.callee.local
		switch {
		case next == nil:
			continue
		case c.low[next] == 0:
			c.visit(next)
		}
		if next.circle == 0 { // it is on the path
			c.low[fn] = min(c.low[fn], c.low[next])
		}
	}
	if c.low[fn] < index {
		return
	}
	for _, member := range c.path[at:] {
		member.circle = index
	}
	c.path = c.path[:at]
}
