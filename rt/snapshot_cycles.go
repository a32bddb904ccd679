package rt

import "slices"

// circles looks for tasks that wait for each other in a circle.
type circles struct {
	tasks []TaskInfo
	at    map[uint64]int // the places of tasks by their numbers
	stuck []bool         // by place: it waits for ever
	found [][]uint64
}

func newCircles(tasks []TaskInfo, at map[uint64]int) *circles {
	c := &circles{tasks: tasks, at: at, stuck: make([]bool, len(tasks))}
	c.findStuck()
	return c
}

// findStuck finds the tasks that wait for ever, on account of each other. A task that awaits several needs all of them, so that it
// does if one of these does, unless one is enough: then all of them must. They are what is left if those are taken out that can
// go on, and those that can go on then.
func (c *circles) findStuck() {
	needs := make([]int, len(c.tasks)) // how many of those it awaits must be able to go on for it to be
	var free []int
	for i := range c.tasks {
		t := &c.tasks[i]
		w := t.Waiting
		if c.stuck[i] = w != nil && !w.More && len(t.Awaits) > 0; !c.stuck[i] {
			free = append(free, i)
			continue
		}
		if needs[i] = len(t.Awaits); w.Any {
			needs[i] = 1
		}
		for _, n := range t.Awaits {
			if _, known := c.at[n]; !known { // it has ended, or is another loop's
				needs[i]--
			}
		}
		if needs[i] <= 0 {
			c.stuck[i] = false
			free = append(free, i)
		}
	}
	for len(free) > 0 {
		t := &c.tasks[free[len(free)-1]]
		free = free[:len(free)-1]
		for _, n := range t.AwaitedBy {
			i := c.at[n]
			if needs[i]--; c.stuck[i] && needs[i] <= 0 {
				c.stuck[i] = false
				free = append(free, i)
			}
		}
	}
}

// find returns the circles, each once, in the order of their first task: by a search along what stuck tasks await that remembers
// its path.
func (c *circles) find() [][]uint64 {
	const (
		unseen = iota
		onPath
		left
	)
	mark := make([]int8, len(c.tasks))
	type step struct{ task, next int } // the next of the task's Awaits to look at
	for start := range c.tasks {
		if mark[start] != unseen || !c.stuck[start] {
			continue
		}
		mark[start] = onPath
		path := []step{{start, 0}}
		for len(path) > 0 {
			top := &path[len(path)-1]
			awaits := c.tasks[top.task].Awaits
			if top.next == len(awaits) {
				mark[top.task] = left
				path = path[:len(path)-1]
				continue
			}
			i, known := c.at[awaits[top.next]]
			top.next++
			switch {
			case !known || !c.stuck[i] || mark[i] == left:
			case mark[i] == unseen:
				mark[i] = onPath
				path = append(path, step{i, 0})
			default:
				from := slices.IndexFunc(path, func(s step) bool { return s.task == i })
				var cycle []uint64
				for _, s := range path[from:] {
					cycle = append(cycle, c.tasks[s.task].Number)
				}
				c.found = append(c.found, cycle)
			}
		}
	}
	return c.found
}
