package rt

import (
	"bytes"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// calls yields the coroutines of fb that await each other, innermost first. Of a fiber that runs these are those that had
// suspended before: what they have called since is on the goroutine's stack alone.
func (fb *Fiber) calls(yield func(co Resumable) bool) {
	co := fb.leaf
	for co != nil {
		switch c := co.(type) {
		case driver, failureLink:
			return
		case *turns: // of an async generator
			co = c.asker
			continue
		case *exitPoint: // of a deferred call
			co = c.self
		}
		if !yield(co) {
			return
		}
		co = co.Base().parent
	}
}

// driver returns who drives fb; nil if that cannot be told just now.
func (fb *Fiber) driver() driver {
	co := fb.leaf
	for co != nil {
		switch c := co.(type) {
		case driver:
			return c
		case failureLink:
			return nil
		case *turns:
			co = c.asker
		case *exitPoint:
			co = c.self.Base().parent
		default:
			co = co.Base().parent
		}
	}
	return nil
}

// A located coroutine knows its position, as generated ones do.
type located interface{ Where() string }

// A titled coroutine is called otherwise than its type.
type titled interface{ title() string }

// callsOf returns co as it is shown: a call, the calls on the goroutine of a plain task, or nothing if it is only a part of the
// machinery.
func callsOf(co Resumable, plain *goroutineStacks) []Call {
	if p, ok := co.(interface{ task() *plainTask }); ok {
		return plain.of(p.task().goroutine)
	}
	c := Call{Func: shortType(co)}
	switch co := co.(type) {
	case *exitWait:
		return nil
	case titled:
		if c.Func = co.title(); c.Func == "" {
			return nil
		}
	case located:
		c.Position = co.Where()
	}
	return []Call{c}
}

func (p *plainTask) task() *plainTask { return p }
func (co *driven[T]) title() string   { return "" }

func (op *sectionOp[T]) title() string {
	switch s := &op.section; {
	case !s.scope.shield:
		return "rt.Timeout"
	case s.limited:
		return "rt.Cleanup0"
	}
	return "rt.Shield"
}

// shortType returns the name of v's type with that of its package, without what a coroutine's or an operation's ends with.
func shortType(v any) string {
	name := reflect.TypeOf(v).String()
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "*"), "[")
	if short := strings.TrimSuffix(name, "Coro"); short != name {
		return short
	}
	return strings.TrimSuffix(name, "Op")
}

// goroutineStacks are the stacks of all goroutines, looked up when the first is asked for.
type goroutineStacks struct{ calls map[uint64][]Call }

// maxTrace is the longest trace of all goroutines that is read, in bytes.
const maxTrace = 64 << 20

// of returns the functions on the stack of goroutine id, innermost first, but for those of this module's packages.
func (s *goroutineStacks) of(id uint64) []Call {
	if s == nil {
		return nil
	}
	if s.calls == nil {
		s.calls = make(map[uint64][]Call)
		for trace := range bytes.SplitSeq(traceAll(), []byte("\n\n")) {
			if id, calls, ok := parseTrace(string(trace)); ok {
				s.calls[id] = calls
			}
		}
	}
	return s.calls[id]
}

// traceAll returns the stack traces of all goroutines.
func traceAll() []byte {
	for size := 1 << 16; ; size *= 2 {
		trace := make([]byte, size)
		if n := runtime.Stack(trace, true); n < size || size >= maxTrace {
			return trace[:n]
		}
	}
}

// parseTrace reads the trace of one goroutine as runtime.Stack writes it:
//
//	goroutine 18 [chan receive]:
//	main.fetch({0x4d2b3c, 0x4})
//		/home/user/fetch.go:12 +0x1d
//	created by …
func parseTrace(trace string) (id uint64, calls []Call, ok bool) {
	head, rest, _ := strings.Cut(trace, "\n")
	number, found := strings.CutPrefix(head, "goroutine ")
	number, _, _ = strings.Cut(number, " ")
	id, err := strconv.ParseUint(number, 10, 64)
	if !found || err != nil {
		return 0, nil, false
	}
	lines := strings.Split(rest, "\n")
	for i := 0; i+1 < len(lines) && !strings.HasPrefix(lines[i], "created by "); i += 2 {
		name := lines[i]
		if at := strings.LastIndexByte(name, '('); at > 0 {
			name = name[:at]
		}
		file, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " ")
		if !ours(name, file) {
			calls = append(calls, Call{Func: name[strings.LastIndexByte(name, '/')+1:], Position: filepath.Base(file)})
		}
	}
	return id, calls, true
}

// ours reports whether a function is one of the machinery: of this package or of poll, which waits with it, or of Go's runtime.
// They are known by their folders, since what was inlined has its caller's name.
func ours(function, position string) bool {
	if strings.HasPrefix(function, "runtime.") || strings.HasPrefix(function, "panic(") {
		return true
	}
	file := position[:max(0, strings.LastIndex(position, ".go"))]
	folder := filepath.Dir(file)
	here := sourceFolder()
	return !strings.HasSuffix(file, "_test") && (folder == here || folder == filepath.Join(filepath.Dir(here), "poll"))
}

// sourceFolder returns the folder of this file, as the compiler names it in positions.
var sourceFolder = sync.OnceValue(func() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
})
