//go:build unix

package rt_test

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/goasync/goasync/rt"
)

// A process is run by os/exec in Blocking. A cancel of the task, or its deadline, kills the process, by ctx; what it has written is
// then lost.
func ExampleBlocking_process() {
	// sorted would be marked //async:func.
	sorted := func(text string) (string, error) {
		return rt.Await(rt.Blocking(func(ctx context.Context) (string, error) {
			cmd := exec.CommandContext(ctx, "sort")
			cmd.Stdin = strings.NewReader(text)
			cmd.WaitDelay = time.Second // processes of its own may hold its output open
			out, err := cmd.Output()
			return string(out), err
		}))
	}
	out, err := rt.Run(func() (string, error) { return sorted("pear\napple\n") })
	fmt.Print(out, err)
	// Output:
	// apple
	// pear
	// <nil>
}

// Several tasks may wait for one process: a task of its own waits for the process, and they wait for that task with Wait, whose
// cancel, unlike that of task.Wait, leaves it alone.
func ExampleWait_process() {
	err := rt.Run0(func() error {
		var out bytes.Buffer
		cmd := exec.Command("echo", "hello")
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			return err
		}
		exit := rt.Spawn0(func() error {
			return rt.Await0(rt.Blocking0(func(context.Context) error { return cmd.Wait() }))
		})
		waits := func() error {
			if _, _, err := rt.Await2(rt.Wait(rt.UntilAll, exit)); err != nil {
				return err // of this wait: the process runs on
			}
			_, err := exit.Result()
			return err
		}
		if err := rt.Await0(rt.Gather0(waits, waits)); err != nil {
			return err
		}
		fmt.Print(out.String())
		return nil
	})
	fmt.Println(err)
	// Output:
	// hello
	// <nil>
}
