package main

import (
	"fmt"
	"testing"

	"github.com/goasync/goasync/rt"
)

// Of fifty members in a room each hears all that each says, in the same order.
func TestCrowd(t *testing.T) {
	limits := defaults
	limits.backlog = 256 // so that nobody is too slow to hear the others come
	both(t, limits, crowd, crowdAsync)
}

//async:func
func crowd(w *world) error {
	const members, lines = 50, 3
	var names []string
	for i := range members {
		names = append(names, fmt.Sprintf("Member%c%c", 'A'+i/26, 'A'+i%26))
	}
	all, err := rt.Await(joinAll(w.addr(), names...))
	defer closeAll(all)
	if err != nil {
		return err
	}
	for i, c := range all { // who came after it
		for _, name := range names[i+1:] {
			if err := rt.Await0(hears(c, "* "+name+" is here")); err != nil {
				return err
			}
		}
	}
	for line := range lines {
		if err := rt.Await0(rt.Map0(0, all, func(c *client) error { return rt.Await0(c.say(fmt.Sprint("line ", line))) })); err != nil {
			return err
		}
		var order []string // in which the first one hears the others
		said := make(map[string]int)
		for i, c := range all {
			for n := range members {
				heard, err := rt.Await(c.in.ReadLine())
				if err != nil {
					return err
				}
				if i == 0 {
					order = append(order, string(heard))
					said[string(heard)]++
				}
				if string(heard) != order[n] {
					return fmt.Errorf("%s heard %q where %s heard %q", c.name, heard, all[0].name, order[n])
				}
			}
		}
		for _, name := range names {
			if what := fmt.Sprintf("%s: line %d", name, line); said[what] != 1 {
				w.Errorf("%q was heard %d times", what, said[what])
			}
		}
	}
	if w.room.served != members {
		w.Errorf("%d clients were served, want %d", w.room.served, members)
	}
	return nil
}
