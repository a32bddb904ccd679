package fatal

import (
	"fmt"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// body is the body of a test, which ends with end.
//
//async:func
func body(t *testing.T, end func()) (err error) {
	defer fmt.Println("deferred")
	t.Helper()
	if err := rt.Await0(rt.Sleep(time.Microsecond)); err != nil {
		return err
	}
	return rt.Await0(deeper(t, end))
}

//async:func
func deeper(t *testing.T, end func()) (err error) {
	defer func() {
		rt.Await0(rt.Sleep(time.Microsecond))
		fmt.Println("deferred and awaited", recover())
	}()
	if err := rt.Await0(rt.Sleep(time.Microsecond)); err != nil {
		return err
	}
	fmt.Println("ends")
	end()
	fmt.Println("goes on")
	return nil
}
