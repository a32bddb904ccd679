package rt

// BlockingShare is blockingShare, for tests.
func BlockingShare(n int) int { return blockingShare(n) }
