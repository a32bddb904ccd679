// Package middle wraps calls of a server in middleware: functions that take an async function and return another.
package middle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/goasync/goasync/rt"
)

// A handler does a call.
type handler func(request string) (answer string, err error)

// errTemporary is an error that may pass.
var errTemporary = errors.New("temporary")

// logged writes what becomes of each call.
//
//async:func
func logged(w io.Writer, name string, next handler) handler {
	calls := 0
	return func(request string) (string, error) {
		calls++
		n := calls
		answer, err := rt.Await(next(request))
		fmt.Fprintf(w, "%s %d: %s -> %q, %v\n", name, n, request, answer, err)
		return answer, err
	}
}

// retried repeats a call that fails with what may pass, up to n times.
//
//async:func
func retried(n int, wait time.Duration, next handler) handler {
	return func(request string) (answer string, err error) {
		for i := range n {
			if i > 0 {
				if err := rt.Await0(rt.Sleep(wait << (i - 1))); err != nil {
					return "", err
				}
			}
			answer, err = rt.Await(next(request))
			if !errors.Is(err, errTemporary) && !errors.Is(err, context.DeadlineExceeded) {
				break
			}
		}
		return answer, err
	}
}

// timed gives each call some time.
//
//async:func
func timed(d time.Duration, next handler) handler {
	return func(request string) (string, error) {
		return rt.Await(rt.Timeout(d, func() (string, error) { return rt.Await(next(request)) }))
	}
}

// limited allows n calls at a time.
//
//async:func
func limited(n int, next handler) handler {
	sem := rt.NewSemaphore(n)
	return func(request string) (string, error) {
		if err := rt.Await0(sem.Acquire()); err != nil {
			return "", err
		}
		defer sem.Release()
		return rt.Await(next(request))
	}
}

// cached keeps answers. Calls for the same answer, while one is under way, wait for that.
//
//async:func
func cached(next handler) handler {
	answers := make(map[string]*rt.Task[string])
	return func(request string) (string, error) {
		task, ok := answers[request]
		if !ok {
			task = rt.Spawn(func() (string, error) { return rt.Await(next(request)) })
			answers[request] = task
		}
		// Task.Wait would pass on a cancel of the one who waits to all the others.
		if _, _, err := rt.Await2(rt.Wait(rt.UntilAll, task)); err != nil {
			return "", err
		}
		answer, err := task.Result()
		if err != nil {
			delete(answers, request)
		}
		return answer, err
	}
}
