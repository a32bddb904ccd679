package rt

// Look is Snapshot for tests that turn the loop by hand, and look between the turns.
func (l *Loop) Look() *Snapshot { return l.snapshot() }
