package stubs

import . "github.com/goasync/goasync/rt"

// async
func mutual2() error { return Await0(mutual()) }

var _ Awaitable[struct{}] = mutual2Async()

// Conn has methods for package user.
type Conn struct{}

// async
func (*Conn) Read(p []byte) (int, error) { return 0, nil }
