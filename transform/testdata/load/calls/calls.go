// Package calls has a call of each kind; the comments say what it resolves to.
package calls

import (
	"context"
	"time"

	. "github.com/goasync/goasync/rt"
	rt2 "github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/transform/testdata/load/stubs"
)

type getter interface {
	get(n int) (int, error)
	getAsync(n int) Awaitable[int]
}

type store[K comparable] struct{ getter }

// async
func (s *store[K]) find(k K, n int) (K, int, error) {
	n, err := rt2.Await(s.get(n)) // form getAsync, state 1
	return k, n, err
}

// async
func generic[T any](t T) (T, error) { return t, nil }

type outer struct{ inner }

type inner struct{ *stubs.Conn }

// async
func one() (int, error) { return 1, nil }

// async
func page(n int) (string, error) { return "", nil }

// async
func every(o outer, s store[string], g getter, f *Future[int], t *Task[string]) error {
	Await0(Sleep(time.Second))                                   // op SleepOp, state 1
	_, err := Await(o.Read(nil))                                 // form ReadAsync, state 2
	_, err = Await((f.Wait)())                                   // op FutureWaitOp, state 3
	_, err = Await(t.Wait())                                     // op TaskWaitOp, state 4
	_, n, err := Await2(s.find("k", 1))                          // local storeFindCoro, state 5
	_, err = Await(generic[string](""))                          // local genericCoro, state 6
	_, err = Await(generic(n))                                   // local genericCoro, state 7
	_, err = Await(g.get(n))                                     // form getAsync, state 8
	_, err = Await(s.get(use(Await(generic(n)))))                // form getAsync, state 10; local genericCoro, state 9
	err = Await0(stubs.Plain())                                  // form Twin, state 11
	_, err = Await(Blocking(func(context.Context) (int, error) { // op BlockingOp, state 12
		return stubs.Twin().(interface{ N() (int, error) }).N()
	}))
	_, err = Await(Gather( // op GatherOp, state 13; slot oneAsync; slot generic0Async; slot await form getAsync
		one,
		generic0,
		func() (int, error) { return Await(g.get(1)) },
	))
	Spawn(one)                                       // in fiber; slot oneAsync
	Spawn0(func() error { return Await0(Sleep(1)) }) // in fiber; slot await form SleepAsync
	Spawn(s.one)                                     // in fiber; slot oneAsync
	return err
}

// async
func generic0() (int, error) { return 0, nil }

// async
func (s store[K]) one() (int, error) { return 0, nil }

func use(n int, err error) int { return n }

// async
func gen(yield Yield[int, string], n int) error {
	s, err := yield(1) // yield, state 1
	if err != nil {
		return err
	}
	return Await0(gen(yield, len(s))) // local genCoro, delegate, state 2
}

// async
func constrained[T getter](t T) (int, error) {
	return Await(t.get(1)) // form getAsync, state 1
}

type count struct{}

// async
func (count) Next() (int, error) { return 1, nil }

// async
func (c count) next() (int, error) { return Await(c.Next()) } // local countNextCoro, state 1

type callerCoro struct{}

// async
func caller(c count) (int, error) {
	n, err := Await(c.next()) // local countNextCoro2, state 1
	if err != nil {
		return n, err
	}
	return Await(caller(c)) // form callerAsync, state 2
}
