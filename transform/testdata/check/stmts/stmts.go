// Package stmts has awaits in places that are not compiled yet.
package stmts

import (
	"errors"
	"strconv"
	"time"

	"github.com/goasync/goasync/rt"
)

// async
func get(n int) (int, error) { return n, nil }

// async
func ok() error { return nil }

func use(n int, err error) int { return n }

// async
func expressions(ch chan int) (int, error) {
	if rt.Await0(ok()) != nil { // want "rt.Await0 in the condition of an if is not compiled yet; assign its results to variables before"
		return 0, nil
	}
	for rt.Await0(ok()) == nil { // want "rt.Await0 in the condition of a for is not compiled yet; assign its results to variables before"
	}
	x := use(rt.Await(get(1))) + 1                           // want "rt.Await in an operand of + is not compiled yet; assign its results to variables before"
	x += use(rt.Await(get(1)))                               // want "rt.Await in an assignment with += is not compiled yet; assign its results to variables before"
	x = -use(rt.Await(get(1)))                               // want "rt.Await in the operand of - is not compiled yet; assign its results to variables before"
	list := []int{use(rt.Await(get(1)))}                     // want "rt.Await in a composite literal is not compiled yet; assign its results to variables before"
	x = list[use(rt.Await(get(1)))]                          // want "rt.Await in an index expression is not compiled yet; assign its results to variables before"
	list = list[use(rt.Await(get(1))):]                      // want "rt.Await in a slice expression is not compiled yet; assign its results to variables before"
	list[use(rt.Await(get(1)))] = 1                          // want "rt.Await in the left side of an assignment is not compiled yet; assign its results to variables before"
	list[use(rt.Await(get(1)))]++                            // want "rt.Await in the operand of ++ is not compiled yet; assign its results to variables before"
	ch <- use(rt.Await(get(1)))                              // want "rt.Await in a send statement is not compiled yet; assign its results to variables before"
	x = int(int64(use(rt.Await(get(1)))))                    // want "rt.Await in a conversion is not compiled yet; assign its results to variables before"
	s := rt.Await0(ok()).Error()                             // want "rt.Await0 in the operand of a call is not compiled yet; assign its results to variables before"
	both := rt.Await0(ok()) == nil && rt.Await0(ok()) == nil // want "rt.Await0 in an operand of && is not compiled yet; assign its results to variables before"
	go use(rt.Await(get(1)))                                 // want "rt.Await in the arguments of a go statement is not compiled yet; assign its results to variables before"
	defer use(rt.Await(get(1)))                              // want "rt.Await in the arguments of a deferred call is not compiled yet; assign its results to variables before"
	for range use(rt.Await(get(1))) {                        // want "rt.Await in the operand of range is not compiled yet; assign its results to variables before"
	}
	switch use(rt.Await(get(1))) { // want "rt.Await in the tag of a switch is not compiled yet; assign its results to variables before"
	case use(rt.Await(get(1))): // want "rt.Await in a case expression is not compiled yet; assign its results to variables before"
	}
	_, _, _ = x, s, both
	return 0, errors.Join(rt.Await0(ok()), (rt.Await0(ok())))
}

// async
func statements[S ~[]int](list S, m map[int]int, ch chan int, v any) error {
	for range m { // want "range over a map with an await in its body is not compiled yet; collect its keys in a slice and range over that"
		rt.Await0(ok())
	}
	for range ch { // want "range over a channel with an await in its body is not compiled yet; receive in rt.Blocking, or use a future"
		rt.Await0(ok())
	}
	for range [3]int{} { // want "range over an array with an await in its body is not compiled yet; range over a slice of it, or use a for with an index"
		rt.Await0(ok())
	}
	for range new([3]int) { // want "range over an array with an await in its body is not compiled yet; range over a slice of it, or use a for with an index"
		rt.Await0(ok())
	}
	for range func(func(int) bool) {} { // want "range over a function with an await in its body is not compiled yet; collect its values in a slice and range over that"
		rt.Await0(ok())
	}
	for range list { // want "range over a value of a type parameter with an await in its body is not compiled yet; use a for with an index"
		rt.Await0(ok())
	}
	switch v.(type) {
	case int:
		rt.Await0(ok()) // want "rt.Await0 in a type switch is not compiled yet; assign the value to a variable of each type with x, ok := v.(T), and use if"
	}
	select {
	case <-ch:
		rt.Await0(ok()) // want "rt.Await0 in a select statement is not compiled yet; let the clauses set variables, and await after it"
	default:
	}
again:
	if err := rt.Await0(ok()); err != nil {
		goto again // want "goto again, whose label stands among statements that await; use a labelled for with break or continue"
	}
	return nil
}

// async
func fine(m map[int]int, v any) (n int, err error) {
	defer use(get2())
	for i := range m {
		if i > 3 {
			goto end
		}
	end:
		switch v.(type) {
		case int:
			defer func() { recover() }()
		}
	}
	var a, b = rt.Await(get(1))
	if n, err = rt.Await(get(use(rt.Await(get(a))))); err != nil {
		return strconv.Atoi(strconv.Itoa(use(rt.Await(get(2)))))
	} else if err := rt.Await0(rt.Sleep(time.Second)); err != nil {
		return n, err
	}
outer:
	for i := range 3 {
		for rt.Await0(ok()); i < 3; rt.Await0(ok()) {
			switch n, _ := rt.Await(get(i)); n {
			case 1:
				rt.Await0(ok())
				fallthrough
			case 2:
				break outer
			default:
				continue outer
			}
		}
	}
	for _, r := range "abc" {
		for j := range []int{1} {
			n += j + int(r)
			_, _ = rt.Await(get(j))
		}
	}
	_ = b
	return rt.Await(get(n))
}

func get2() (int, error) { return 0, nil }
