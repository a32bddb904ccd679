package rttest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/goasync/goasync/rt"
)

// errLooked ends the turn of a loop in which look looks at its tasks.
var errLooked = errors.New("rttest: the tasks were looked at")

// look returns what the tasks of loop do, whose poller is a *Poller; none if the loop runs, and so cannot be looked at from here. They do
// nothing meanwhile: the turn ends at its wait.
func look(loop *rt.Loop) (tasks []rt.TaskInfo) {
	p := loop.Poller().(*Poller)
	p.looks = func() {
		if snapshot, err := loop.Snapshot(context.Background()); err == nil {
			tasks = snapshot.Tasks
		}
	}
	defer func() { p.looks = nil }()
	if err := loop.Run(); err != errLooked {
		return nil
	}
	return tasks
}

// maxListed is how many tasks a message lists.
const maxListed = 10

// list writes a line for each of tasks, below a message.
func list(tasks []rt.TaskInfo) string {
	var b strings.Builder
	for i := range tasks {
		if i == maxListed {
			fmt.Fprintf(&b, "\n\tand %d more", len(tasks)-i)
			break
		}
		fmt.Fprintf(&b, "\n\t%v", &tasks[i])
	}
	return b.String()
}
