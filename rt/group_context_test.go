package rt_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// contextEnd is a way in which a context of a function's own ends.
type contextEnd struct {
	name string
	make func() (ctx context.Context, end func())
	is   []error // what the error then is, for errors.Is
}

var errContext = errors.New("the cause of a context's end")

var contextEnds = []contextEnd{
	{"cancelled", func() (context.Context, func()) {
		ctx, cancel := context.WithCancel(context.Background())
		return ctx, cancel
	}, []error{context.Canceled}},
	{"with a cause", func() (context.Context, func()) {
		ctx, cancel := context.WithCancelCause(context.Background())
		return ctx, func() { cancel(errContext) }
	}, []error{context.Canceled, errContext}},
	{"deadline", func() (context.Context, func()) { // it has passed
		ctx, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
		return ctx, cancel
	}, []error{context.DeadlineExceeded}},
}

// isEnd reports whether err is all that the end of the context is.
func (e contextEnd) isEnd(err error) bool {
	for _, want := range e.is {
		if !errors.Is(err, want) {
			return false
		}
	}
	return true
}

// inEachEnd runs scenario in both forms with each of the ends.
func inEachEnd(t *testing.T, scenario func(w *world, e contextEnd)) {
	for _, e := range contextEnds {
		t.Run(e.name, func(t *testing.T) { inBothForms(t, func(w *world) { scenario(w, e) }) })
	}
}

// What bounds one function of a group, a context that ends, is that function's error, as with errgroup: it cancels the others and the
// nursery returns it. The group did not cancel the function.
func TestContextOfAFunctionOfAGroup(t *testing.T) {
	ways := map[string]func(n *nest, bounded step) step{
		"go":   func(n *nest, bounded step) step { return n.begins(bounded) },
		"wait": func(n *nest, bounded step) step { return n.waits(nil, bounded) },
		"start": func(n *nest, bounded step) step {
			return n.starts(nil, func(ready step) []step { return []step{ready, bounded} })
		},
		"not ready": func(n *nest, bounded step) step {
			return n.starts(nil, func(ready step) []step { return []step{bounded, ready} })
		},
		"body": func(n *nest, bounded step) step { return bounded },
		"words": func(n *nest, bounded step) step {
			return n.begins(nested([]step{bounded}, func(err error) error { return fmt.Errorf("words: %w", err) }))
		},
	}
	inEachEnd(t, func(w *world, e contextEnd) {
		for how, way := range ways {
			ctx, end := e.make()
			var err error
			w.runs(0, w.nursery(func(e error) error { err = e; return nil }, func(n *nest) []step {
				bounded := under(always(ctx), nil, do(end), w.forever("f", false))
				return []step{n.begins(w.forever("other", false)), yield(), way(n, bounded), w.forever("body", false)}
			}), w.next())
			end()
			if group, ok := errors.AsType[*rt.GroupError](err); !ok || len(group.Errors) != 1 || !e.isEnd(err) {
				w.Errorf("%s: error %v, want a group of one that is %v", how, err, e.is)
			}
			want := "f:canceled body:canceled other:canceled next:nil"
			if how == "body" || how == "not ready" { // the body has returned by it
				want = "f:canceled other:canceled next:nil"
			}
			w.traced(want)
		}
	})
}

// Where errors are reported, so is this one, and nobody is cancelled.
func TestContextOfASupervisedFunction(t *testing.T) {
	inEachEnd(t, func(w *world, e contextEnd) {
		ctx, end := e.make()
		reported := rt.NewFutureOn[int](w.loop)
		w.runs(0, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				do(func() {
					n.g.OnError(func(err error) { w.log("reported:%v", e.isEnd(err)); reported.SetResult(7) })
				}),
				n.supervises(under(always(ctx), nil, do(end), w.forever("f", false))),
				wait(w, "body", reported),
			}
		}))
		end()
		w.traced("f:canceled reported:true body:7 nursery:nil")
	})
}

// Where the group cancels the function, that is what it ends by, though its context has ended by it as well.
func TestContextOfTheGroup(t *testing.T) {
	inBothForms(t, func(w *world) {
		derived := func() context.Context {
			ctx, cancel := context.WithCancel(rt.Context())
			context.AfterFunc(ctx, cancel)
			return ctx
		}
		w.runs(0, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.begins(under(derived, nil, w.forever("f", false))),
				n.begins(under(derived, nil, w.forever("g", true), fail(context.Canceled))),
				yield(), n.cancels(errContext),
			}
		}), w.next())
		w.traced("f:canceled g:canceled nursery:nil next:nil")

		// Both at once: the group's counts.
		own, cancel := context.WithCancel(context.Background())
		w.runs(0, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.begins(under(always(own), nil, do(cancel), w.forever("f", true), n.cancels(nil), fail(context.Canceled))),
				w.forever("body", true),
			}
		}), w.next())
		w.traced("f:canceled body:canceled nursery:nil next:nil")
	})
}

// A function that Start has begun is the group's once it is ready: so is the context that it asks for then. The one that it asked for before
// ends with the group at the latest.
func TestContextAfterReady(t *testing.T) {
	inBothForms(t, func(w *world) {
		var before, within, inner, after, again context.Context
		w.runs(30, w.nursery(nil, func(n *nest) []step {
			return []step{
				timeout(10, nil, n.starts(nil, func(ready step) []step {
					return []step{
						takes(&before),
						timeout(25, nil, takes(&within), ready, takes(&inner), sleep(20)),
						takes(&after), takes(&again),
						w.tells(&before, &after),
						sleep(10),
						w.tells(&before, &after),
					}
				})),
			}
		}), w.tells(&before, &after))
		w.traced("live live live live canceled canceled")
		end, ok := before.Deadline()
		if withinEnd, _ := within.Deadline(); !ok || withinEnd != end {
			w.Errorf("before it is ready the deadlines are %v, %v, and %v in a timeout; want that of who calls Start", end, ok, withinEnd)
		}
		if innerEnd, _ := inner.Deadline(); innerEnd.Sub(end) != 15 {
			w.Errorf("when it is ready the deadline in the timeout is %v later, want 15ns", innerEnd.Sub(end))
		}
		if d, ok := after.Deadline(); ok {
			w.Errorf("when it is ready the deadline is %v, want none", d)
		}
		if after != again {
			w.Error("it is another context each time")
		}
	})
}
