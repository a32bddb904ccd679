package main

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
)

// A yield is an expression: it has the value that the driver sends. In Python,
//
//	def talk():
//	    word = yield 1
//	    print(word)
//	    yield 2
//	    yield 3
//
// prints abc when g.send("abc") resumes it, and g.throw(e) raises e at the yield where it stands. Here a yield returns two
// results for the two ways to be resumed: Send's value, or Throw's error. Next is Send of the zero value. An error that the
// generator does not handle, but returns, ends it, and comes out of Result.

// talk yields 1, 2 and 3, and prints what is sent to it at 1.
//
//async:func
func talk(yield rt.Yield[int, string]) error {
	word, err := yield(1)
	if err != nil {
		return err
	}
	fmt.Println(word)
	if _, err := yield(2); err != nil {
		return err
	}
	_, err = yield(3)
	return err
}

func showSend() error {
	g := talkAsync()
	v, _ := g.Next()
	fmt.Println(v)
	v, _ = g.Send("abc")
	fmt.Println(v)
	v, _ = g.Next()
	fmt.Println(v)
	if _, ok := g.Throw(errors.New("enough")); !ok {
		_, err := g.Result()
		fmt.Println("error:", err)
	}
	return nil
}
