package rt

import (
	"fmt"
	"strings"
	"time"
)

// What is said of those who wait for several at once.

// maxBranches is how many of what a Select waits for its description names.
const maxBranches = 10

// Describe says which operations Select waits for.
func (op *SelectOp) Describe() Waiting {
	var w Waiting
	var each []string
	n := 0
	for i := range op.branches {
		fb := &op.branches[i].runs
		if fb.wait == nil {
			continue
		}
		one := fb.waiting()
		w.For = append(w.For, one.For...)
		w.More = w.More || one.More || len(one.For) == 0
		if n++; n <= maxBranches {
			each = append(each, one.String())
		}
	}
	if n > maxBranches {
		each = append(each, fmt.Sprintf("%d more", n-maxBranches))
	}
	w.What, w.Any = "a Select of nothing", n > 1
	if n > 0 {
		w.What = "a Select: " + strings.Join(each, "; ")
	}
	return w
}

// Describe says how many are left to wait for.
func (op *WaitOp[W]) Describe() Waiting {
	w := Waiting{For: runners(op.ws, op.places)}
	switch op.until {
	case UntilFirst:
		w.What = fmt.Sprintf("the first of %d to be done", op.left)
	case UntilError:
		w.What = fmt.Sprintf("%d of %d to be done, or one to fail", op.left, len(op.ws))
	default:
		w.What = fmt.Sprintf("%d of %d to be done", op.left, len(op.ws))
	}
	w.Any = op.left > 1 && op.until != UntilAll
	w.More = w.Any && len(w.For) < op.left
	if op.limited {
		w.What += ", for " + op.timer.left().String() + " at most"
		w.Any, w.More = true, true
	}
	return w
}

// runners returns the tasks among ws that places still wait for.
func runners[W Awaited](ws []W, places []waitPlace) (list []*Fiber) {
	for i, w := range ws {
		if fb := w.runner(); fb != nil && places[i].line != nil {
			list = append(list, fb)
		}
	}
	return list
}

// left returns how long it is to when t is due.
func (t *Timer) left() time.Duration {
	return max(0, t.when-t.fiber.loop.clock.Now()).Round(time.Microsecond)
}

// Describe says how many functions run, and whether the race is decided.
func (op *RaceOp[T]) Describe() Waiting {
	w := Waiting{For: op.kept()}
	if op.scope.canceled != nil {
		w.What = functions(op.left, len(op.racers)) + ", of a race that is over"
		return w
	}
	w.Any = op.left > 1
	w.What = fmt.Sprintf("the first of %d functions to succeed", op.left)
	return w
}

// kept returns the fibers of the racers that have not ended.
func (op *RaceOp[T]) kept() (list []*Fiber) {
	for i := range op.racers {
		if fb := &op.racers[i].child.runs; fb.flags&fiberEnded == 0 {
			list = append(list, fb)
		}
	}
	return list
}

// feeds says how many tasks and futures AsCompleted has left.
func (c *completions[W]) feeds() Waiting {
	w := Waiting{What: fmt.Sprintf("the next of %d to be done", c.left), For: runners(c.ws, c.places), Any: c.left > 1}
	w.More = len(w.For) < c.left
	return w
}

// Describe says how many functions are left to end, and how long they have.
func (op *GroupDrainOp) Describe() Waiting {
	w := Waiting{What: functions(op.group.running, 0), For: op.group.scope.kept(op.group)}
	if op.timer.fiber != nil && op.group.scope.canceled == nil {
		w.What += ", for " + op.timer.left().String() + " at most"
		w.More = true
	}
	return w
}

// Describe says that the group is full.
func (op *GroupGoWaitOp) Describe() Waiting { return op.group.room() }

// room is what who waits for a turn waits for.
func (g *Group) room() Waiting {
	return Waiting{
		What: fmt.Sprintf("room in a group of %d functions", g.limit),
		For:  g.scope.kept(g),
		Any:  g.running > 1,
	}
}

// Describe says which function is to be ready, or that its turn has not come.
func (s *starter) Describe() Waiting {
	if s.place != nil {
		return s.group.room()
	}
	return Waiting{What: "a function to be ready", For: s.scope.kept(s)}
}
