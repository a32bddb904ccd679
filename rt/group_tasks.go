package rt

// Tasks returns what the functions of the group do that have begun and not ended: who, and where, for a report of those that take long.
func (g *Group) Tasks() []TaskInfo {
	if g.running == 0 {
		return nil
	}
	var tasks []TaskInfo
	plain := new(goroutineStacks)
	g.scope.eachFiber(func(fb *Fiber) {
		if c, ok := fb.driver().(interface{ keptBy() keeper }); ok && g.keeps(c.keptBy()) {
			tasks = append(tasks, fb.info(plain))
		}
	})
	return tasks
}

// keeps reports whether the children of k are those of g.
func (g *Group) keeps(k keeper) bool {
	switch k := k.(type) {
	case *Group:
		return k == g
	case *supervisor:
		return (*Group)(k) == g
	case *starter:
		return k.group == g && k.ready
	}
	return false
}
