package outside

import "github.com/goasync/goasync/rt"

//async:func // want "//async on a type declaration; only functions and methods that are declared can be marked"
type misplaced struct{}

func helper() error { return rt.Await0(rt.Sleep(1)) } // want "rt.Await0 outside an async function; mark helper with //async, or call without rt.Await0"
