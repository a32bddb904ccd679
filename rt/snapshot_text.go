package rt

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// String is the function and where it is suspended: main.fetch fetch.go:12.
func (c Call) String() string {
	if c.Position == "" {
		return c.Func
	}
	return c.Func + " " + c.Position
}

// String says what is waited for.
func (w Waiting) String() string {
	if w.Place > 0 {
		return w.What + ", place " + strconv.Itoa(w.Place)
	}
	return w.What
}

// String is the tree of tasks as WriteTo writes it.
func (s *Snapshot) String() string {
	var b strings.Builder
	s.WriteTo(&b)
	return b.String()
}

// WriteTo writes the tree of tasks: under each task the functions that await each other, outermost first, then what the
// innermost waits for, and under that the tasks that it awaits (statements 247, 248). A task that several await stands under the
// first of them. Cycles are named before the tree.
//
//	3 tasks at 1.5s
//	└── Task-1: waiting
//	    └── main.serve serve.go:10
//	        └── 2 of 2 functions to end
//	            ├── Task-2: waiting
//	            │   └── main.fetch serve.go:30
//	            │       └── a lock, taken by Task-3, place 1
//	            └── Task-3: ready
//	                └── main.fetch serve.go:32
func (s *Snapshot) WriteTo(w io.Writer) (n int64, err error) {
	p := &treePrinter{w: w, tasks: make(map[uint64]*TaskInfo), shown: make(map[uint64]bool)}
	for i := range s.Tasks {
		p.tasks[s.Tasks[i].Number] = &s.Tasks[i]
	}
	if len(s.Tasks) == 1 {
		p.line("1 task at %v", s.Time.Round(time.Microsecond))
	} else {
		p.line("%d tasks at %v", len(s.Tasks), s.Time.Round(time.Microsecond))
	}
	for _, c := range s.Cycles {
		p.cycle(c)
	}
	p.list(p.roots(s.Tasks), "")
	for len(p.later) > 0 {
		n := p.later[0]
		p.later = p.later[1:]
		if !p.shown[n] {
			p.list([]uint64{n}, "")
		}
	}
	return p.n, p.err
}

// treePrinter writes a tree of tasks. The first error ends it.
type treePrinter struct {
	w     io.Writer
	n     int64
	err   error
	tasks map[uint64]*TaskInfo
	shown map[uint64]bool
	later []uint64 // tasks that stand too deep
}

func (p *treePrinter) line(format string, args ...any) {
	if p.err == nil {
		n, err := fmt.Fprintf(p.w, format+"\n", args...)
		p.n, p.err = p.n+int64(n), err
	}
}

// cycle names the tasks of a cycle, and where each of them waits for what.
func (p *treePrinter) cycle(numbers []uint64) {
	names := make([]string, 0, len(numbers)+1)
	for _, n := range numbers {
		names = append(names, p.tasks[n].Name)
	}
	p.line("cycle: %s", strings.Join(append(names, names[0]), " -> "))
	for _, n := range numbers {
		t := p.tasks[n]
		where := ""
		if len(t.Stack) > 0 {
			where = " in " + t.innermost().String()
		}
		p.line("    %s waits%s for %v", t.Name, where, t.Waiting)
	}
}

// innermost returns the innermost function of t's stack whose position is known, or else the innermost.
func (t *TaskInfo) innermost() Call {
	for _, c := range t.Stack {
		if c.Position != "" {
			return c
		}
	}
	return t.Stack[0]
}

// roots returns the tasks that nobody awaits, and one of each group that is awaited in circles alone.
func (p *treePrinter) roots(all []TaskInfo) (roots []uint64) {
	reached := make(map[uint64]bool)
	reach := func(n uint64) {
		for todo := []uint64{n}; len(todo) > 0; {
			n := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if !reached[n] && p.tasks[n] != nil {
				reached[n] = true
				todo = append(todo, p.tasks[n].Awaits...)
			}
		}
	}
	for _, t := range all {
		if len(t.AwaitedBy) == 0 {
			roots = append(roots, t.Number)
			reach(t.Number)
		}
	}
	for _, t := range all {
		if !reached[t.Number] {
			roots = append(roots, t.Number)
			reach(t.Number)
		}
	}
	return roots
}

// list writes tasks, and what hangs below them, behind indent.
func (p *treePrinter) list(numbers []uint64, indent string) {
	for i, n := range numbers {
		t := p.tasks[n]
		if t == nil {
			continue // it is on another loop, or has ended
		}
		branch, below := "├── ", "│   "
		if i == len(numbers)-1 {
			branch, below = "└── ", "    "
		}
		if p.shown[n] {
			p.line("%s%s%s: see above", indent, branch, t.Name)
			continue
		}
		if len(indent) > maxIndent {
			p.line("%s%s%s: see below", indent, branch, t.Name)
			p.later = append(p.later, n)
			continue
		}
		p.shown[n] = true
		p.line("%s%s%s", indent, branch, t.head())
		p.stack(t, indent+below)
	}
}

// head is the first line of a task.
func (t *TaskInfo) head() string {
	text := t.Name + ": " + t.State
	if t.Age > 0 {
		text += ", " + t.Age.Round(time.Microsecond).String() + " old"
	}
	if t.Spawned != "" {
		text += ", spawned in " + t.Spawned
	}
	if t.Canceled {
		text += ", cancelled"
	}
	return text
}

// What is deeper than a reader could follow is cut, so that the text stays linear in the number of tasks: of a long stack the
// middle, and a long chain of tasks goes on in a tree of its own.
const (
	maxCalls  = 64
	maxIndent = 100 * len("    ")
)

// stack writes the functions of t, each below the one that awaits it, and what hangs below the innermost.
func (p *treePrinter) stack(t *TaskInfo, indent string) {
	for i := len(t.Stack) - 1; i >= 0; i-- {
		if cut := len(t.Stack) - maxCalls; cut > 0 && i == len(t.Stack)-1-maxCalls/2 {
			p.line("%s└── … %d more", indent, cut)
			indent += "    "
			i -= cut
		}
		p.line("%s└── %v", indent, t.Stack[i])
		indent += "    "
	}
	if t.Waiting != nil {
		p.line("%s└── %v", indent, t.Waiting)
		p.list(t.Awaits, indent+"    ")
	}
}
