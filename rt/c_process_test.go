//go:build unix

package rt_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// childRole is the environment variable that makes the test binary a child, and says of which kind.
const childRole = "RT_TEST_CHILD"

// child returns the command of a child of this kind. It is killed when ctx is done.
func child(ctx context.Context, role string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestChildProcess$")
	cmd.Env = append(os.Environ(), childRole+"="+role)
	return cmd
}

// TestChildProcess is what children run.
func TestChildProcess(t *testing.T) {
	switch os.Getenv(childRole) {
	case "echoes": // its input, to the end
		io.Copy(os.Stdout, os.Stdin)
	case "reads nothing":
	case "leaves a child": // which has its output, and goes on after it
		r, w, err := os.Pipe()
		if err != nil {
			os.Exit(1)
		}
		cmd := child(context.Background(), "outlives its parent")
		cmd.Stdout, cmd.ExtraFiles = os.Stdout, []*os.File{r}
		if cmd.Start() != nil {
			os.Exit(1)
		}
		fmt.Println("early")
		defer w.Close() // keeps it open until this process has ended
	case "outlives its parent":
		const inherited = 3 // the pipe that ends with the parent
		io.Copy(io.Discard, os.NewFile(inherited, "pipe"))
		fmt.Println("late")
	case "waits": // to be killed
		fmt.Println("up")
		time.Sleep(10 * time.Second)
	default:
		t.Skip("it is for the tests of processes")
	}
	os.Exit(0)
}

// blocks is a step that calls f by Blocking.
func blocks[T any](f func(context.Context) (T, error), then func(T, error) error) step {
	return call(func() rt.Awaitable[T] { return rt.BlockingAsync(f) }, func() (T, error) { return rt.Blocking(f) }, then)
}

// The exit of a process is reported after its output has ended, also if a child of its own still had that.
// CPython, communicate: early late, returncode 0.
func TestC242_ExitComesAfterThePipes(t *testing.T) {
	inBothForms(t, func(w *world) {
		err := w.run(w.spawn(blocks(func(ctx context.Context) ([]byte, error) {
			return child(ctx, "leaves a child").Output()
		}, func(out []byte, err error) error { w.log("%s", strings.Fields(string(out))); return err })))
		if err != nil {
			w.Error(err)
		}
		if got := strings.Join(w.trace, ""); got != "[early late]" {
			w.Errorf("output %s, want that of both", got)
		}
	})
}

// A task waits for a process, and any number of tasks for that one. A cancel of one of them leaves the process alone.
// CPython, three wait(), one cancelled: done [True, False, False], the process goes on, still here, [0, 0].
func TestC242_ManyWaitForOneProcess(t *testing.T) {
	inBothForms(t, func(w *world) {
		cmd := child(t.Context(), "echoes")
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		exit := w.spawn(blocks(func(context.Context) (struct{}, error) { return struct{}{}, cmd.Wait() }, nil))
		type tasks = []*rt.Task[struct{}]
		var waiting tasks
		for range 3 {
			waiting = append(waiting, w.spawn(call(
				func() rt.Awaitable[rt.Pair[tasks, tasks]] { return rt.WaitAsync(rt.UntilAll, exit) },
				func() (p rt.Pair[tasks, tasks], err error) {
					p.First, p.Second, err = rt.Wait(rt.UntilAll, exit)
					return p, err
				},
				func(_ rt.Pair[tasks, tasks], err error) error {
					if err == nil {
						_, err = exit.Result()
					}
					return err
				})))
		}
		w.turns(1)
		waiting[0].Cancel(nil)
		w.turns(2)
		if !waiting[0].Canceled() || waiting[1].Done() || exit.Done() {
			w.Error("the cancel of one that waits did not end that one alone")
		}
		io.WriteString(in, "still here")
		in.Close()
		for _, task := range waiting[1:] {
			if err := w.run(task); err != nil {
				w.Error(err)
			}
		}
		if out.String() != "still here" {
			w.Errorf("output %q", out.String())
		}
	})
}

// That a process ends without having read its input is no error.
// CPython, communicate of 1 MiB with "true": (None, None), returncode 0.
func TestC243_BrokenPipeOfTheInputIsIgnored(t *testing.T) {
	inBothForms(t, func(w *world) {
		const more = 1 << 20 // than a pipe holds
		err := w.run(w.spawn(blocks(func(ctx context.Context) (struct{}, error) {
			cmd := child(ctx, "reads nothing")
			cmd.Stdin = bytes.NewReader(make([]byte, more))
			return struct{}{}, cmd.Run()
		}, nil)))
		if err != nil {
			w.Error(err)
		}
	})
}

// A cancel of who waits kills a process that was made with the context of Blocking, and nobody waits for its end.
// CPython: a cancel of wait or communicate leaves the process, to close its transport kills it: -9. Here who kills is the context.
func TestC243_CancelKillsTheProcess(t *testing.T) {
	inBothForms(t, func(w *world) {
		up, ended := make(chan struct{}), make(chan *os.ProcessState, 1)
		task := w.spawn(blocks(func(ctx context.Context) (struct{}, error) {
			cmd := child(ctx, "waits")
			out, err := cmd.StdoutPipe()
			if err != nil {
				return struct{}{}, err
			}
			if err := cmd.Start(); err != nil {
				return struct{}{}, err
			}
			io.ReadFull(out, make([]byte, len("up\n")))
			close(up)
			err = cmd.Wait()
			ended <- cmd.ProcessState
			return struct{}{}, err
		}, nil))
		w.turns(1)
		<-up
		task.Cancel(nil)
		w.turns(2)
		if !task.Canceled() {
			w.Error("not cancelled at once")
		}
		state := <-ended
		if status := state.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGKILL {
			w.Errorf("the process has ended with %v, want that it was killed", state)
		}
	})
}
