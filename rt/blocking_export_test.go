package rt

// BlockingShare is blockingShare, for tests.
func BlockingShare(n int) int { return blockingShare(n) }

// BlockingNow is how many functions of Blocking run, for tests; those that were abandoned, too.
func (l *Loop) BlockingNow() int { return l.blocking.running }
