//go:build linux

package poll

import (
	"container/list"
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"

	"github.com/goasync/goasync/rt"
)

// maxLookups is how many lookups the process makes at a time; the others wait in line. Each takes a goroutine and up to two sockets, or a
// thread of the C library: together at most a quarter of the 1,024 descriptors that a process has at least.
const maxLookups = 128

// A question is what is looked up. Questions that are equal and come at the same time are answered by one lookup.
type question struct {
	resolver *net.Resolver
	network  string // ip, ip4 or ip6
	host     string // empty: none
	service  string // the name of a port; empty: none
	protocol string // that of the port, tcp or udp
}

// An answer is what came of a question.
type answer struct {
	ips  []netip.Addr // shared by all who asked: not to be changed
	port uint16       // of the service
	err  error
}

// ask asks the resolver. It blocks.
func (q question) ask(ctx context.Context) (a answer) {
	if q.service != "" {
		port, err := q.resolver.LookupPort(ctx, q.protocol, q.service)
		if err != nil {
			return answer{err: err}
		}
		a.port = uint16(port)
	}
	if q.host != "" {
		a.ips, a.err = q.resolver.LookupNetIP(ctx, q.network, q.host)
	}
	return a
}

// names are the lookups of the process.
var names lookups

// lookups are questions that wait for an answer. A lookup lives as long as somebody asks: when the last one gives up it is cancelled, or
// leaves the line, so that those who give up leave nothing behind, however often they try. (A Resolver returns as soon as its context is
// cancelled.)
type lookups struct {
	mu      sync.Mutex
	open    map[question]*inquiry // that can be joined
	running int                   // goroutines
	line    list.List             // of *inquiry: those that have no goroutine yet; empty unless there are maxLookups of them
}

// An inquiry is one question with all who ask it.
type inquiry struct {
	question
	askers map[*asker]struct{}
	place  *list.Element // in the line; nil once it has left it
	ctx    context.Context
	cancel context.CancelFunc
}

// An asker waits for an answer. What answered does is done on the goroutine of the lookup.
type asker struct {
	of       *inquiry
	answered func(answer)
}

// join has answered called with the answer to q, on another goroutine, unless leave comes first.
func (ls *lookups) join(q question, answered func(answer)) *asker {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	in := ls.open[q]
	if in == nil {
		in = &inquiry{question: q, askers: make(map[*asker]struct{})}
		in.ctx, in.cancel = context.WithCancel(context.Background())
		if ls.open == nil {
			ls.open = make(map[question]*inquiry)
		}
		ls.open[q] = in
		if ls.running < maxLookups {
			ls.running++
			go ls.work(in)
		} else {
			in.place = ls.line.PushBack(in)
		}
	}
	a := &asker{of: in, answered: answered}
	in.askers[a] = struct{}{}
	return a
}

// leave gives up. The answer may be on its way nevertheless.
func (ls *lookups) leave(a *asker) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	in := a.of
	delete(in.askers, a)
	if len(in.askers) > 0 {
		return
	}
	in.cancel()
	ls.close(in)
	if in.place != nil {
		ls.line.Remove(in.place)
	}
}

// close lets nobody join in any more: who asks from now on asks anew.
func (ls *lookups) close(in *inquiry) {
	if ls.open[in.question] == in {
		delete(ls.open, in.question)
	}
}

// work is a goroutine: it makes in, and then those that wait in line.
func (ls *lookups) work(in *inquiry) {
	for in != nil {
		a := in.ask(in.ctx)
		in.cancel()
		var askers map[*asker]struct{}
		in, askers = ls.next(in)
		for who := range askers {
			who.answered(a)
		}
	}
}

// next ends in: it returns who asked, and what is first in line, nil if the goroutine ends for want of work.
func (ls *lookups) next(in *inquiry) (first *inquiry, askers map[*asker]struct{}) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.close(in)
	askers, in.askers = in.askers, nil
	if front := ls.line.Front(); front != nil {
		first = ls.line.Remove(front).(*inquiry)
		first.place = nil
		return first, askers
	}
	ls.running--
	return nil, askers
}

// LookupNetIP returns the addresses of a host, of network ip, ip4 or ip6, as net.Resolver.LookupNetIP does: what Dial does first. An error of
// the lookup is a *net.DNSError. Lookups of the same name at the same time are one, and the process makes a bounded number at a time.
//
// Cancel: nothing is left behind; a lookup that nobody waits for any more is cancelled. Outside a task it runs on a loop of its own.
//
//async:func
func LookupNetIP(network, host string) ([]netip.Addr, error) {
	a, err := rt.Await(lookup(question{resolver: net.DefaultResolver, network: network, host: host}))
	if err != nil {
		return nil, err
	}
	return slices.Clone(a.ips), a.err
}

// lookup waits for the answer to q. Its error is one that was thrown at the task; that of the lookup is in the answer.
func lookup(q question) (answer, error) {
	if rt.InTask() {
		return rt.Block(lookupAsync(q))
	}
	refuseOnLoop("LookupNetIP")
	return rt.RunAsync(lookupAsync(q))
}

// lookupAsync is the async form of lookup.
func lookupAsync(q question) rt.Awaitable[answer] {
	op := new(lookupOp)
	op.Init(q)
	return op
}

// A lookupOp is the operation of lookup, for embedding.
type lookupOp struct {
	question question
	wait     *lookupWait // nil when err is the outcome
	err      error
}

// A lookupWait is the part of a lookupOp that outlives it if it is aborted. All of it is the loop's, but for answer, which is set before
// the loop hears of it.
type lookupWait struct {
	asker   *asker
	fiber   *rt.Fiber // nil once it has been woken, or aborted
	release func()    // of the loop, which is to have the answer
	answer  answer
}

// Init prepares a lookup of q.
func (op *lookupOp) Init(q question) { *op = lookupOp{question: q} }

// Start asks.
func (op *lookupOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	if op.err = fb.Checkpoint(); op.err != nil {
		return fb.Ready(parent)
	}
	loop := fb.Loop()
	if loop == nil {
		panic(rt.Misuse("poll: a name is looked up without a loop; run the coroutine with rt.RunAsync or on a loop instead of by hand"))
	}
	w := &lookupWait{fiber: fb, release: loop.Hold()}
	op.wait = w
	w.asker = names.join(op.question, func(a answer) {
		w.answer = a
		_ = loop.Post(w.answered) // a loop that is closed has nobody who waits
	})
	fb.Suspend(parent, op)
	return false
}

// answered wakes who waits; on the loop.
func (w *lookupWait) answered() {
	if fb := w.fiber; fb != nil {
		w.fiber = nil
		w.release()
		fb.Wake()
	}
}

// Abort gives up.
func (op *lookupOp) Abort(fb *rt.Fiber, err error) rt.Outcome {
	op.wait.fiber = nil
	op.wait.release()
	names.leave(op.wait.asker)
	op.wait, op.err = nil, err
	return rt.Aborted
}

// Result returns the answer.
func (op *lookupOp) Result() (a answer, err error) {
	if err = op.err; op.wait != nil {
		a = op.wait.answer
	}
	*op = lookupOp{}
	return a, err
}

// Describe says what is looked up; for dumps of package rt.
func (op *lookupOp) Describe() rt.Waiting {
	what := "the address of " + op.question.host
	if op.question.host == "" {
		what = "the port of " + op.question.service
	}
	return rt.Waiting{What: what}
}

var _ rt.Describer = (*lookupOp)(nil)
