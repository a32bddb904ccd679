//go:build unix

package rtsignal_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rtsignal"
)

// raise sends s to this process.
func raise(t *testing.T, s syscall.Signal) {
	if err := syscall.Kill(os.Getpid(), s); err != nil {
		t.Error(err)
	}
}

// CPython, SIGINT: cancelled cleaned KeyboardInterrupt, ended by the signal; 7 and ValueError('boom') if the main task makes that of it.
// SIGTERM kills at once there.
func TestC240_FirstSignalCancelsTheMainTask(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		cleaned := false
		interrupted(t, s, rtsignal.Run0(func() error {
			defer func() { cleaned = rt.Shield0(func() error { return rt.Sleep(time.Millisecond) }) == nil }()
			raise(t, s)
			return fmt.Errorf("main: %w", rt.Sleep(time.Hour))
		}))
		if !cleaned {
			t.Errorf("%v: what main has deferred did not run to its end", s)
		}
		interrupted(t, s, rtsignal.RunAsync0(rt.Gather0Async(
			func() rt.Awaitable[struct{}] { return rt.SleepAsync(time.Hour) },
			func() rt.Awaitable[struct{}] { return rt.Func0(func() error { raise(t, s); return nil }) },
		)))
	}
	// What the main task makes of the cancel counts.
	boom := errors.New("boom")
	for _, want := range []error{nil, boom} {
		err := rtsignal.Run0(func() error { raise(t, syscall.SIGUSR1); rt.Sleep(time.Hour); return want }, syscall.SIGUSR1)
		if err != want {
			t.Errorf("error %v, want %v", err, want)
		}
	}
	if err := rtsignal.Run0(func() error { return nil }); err != nil {
		t.Errorf("without a signal: %v", err)
	}
	if rtsignal.ExitCode(nil) != 0 || rtsignal.ExitCode(boom) != 1 {
		t.Errorf("exit codes %d and %d, want 0 and 1", rtsignal.ExitCode(nil), rtsignal.ExitCode(boom))
	}
}

// interrupted checks that err is what the signal s makes of a main task.
func interrupted(t *testing.T, s syscall.Signal, err error) {
	t.Helper()
	if e, ok := errors.AsType[*rtsignal.Error](err); !ok || e.Signal != s || !errors.Is(err, context.Canceled) {
		t.Errorf("%v: error %v", s, err)
	}
	if code := rtsignal.ExitCode(err); code != 128+int(s) {
		t.Errorf("%v: exit code %d", s, code)
	}
}

// childEnv tells the test binary to be a child, see TestC240_SecondSignalKills.
const childEnv = "RTSIGNAL_TEST_CHILD"

// CPython: runs, cancelled, KeyboardInterrupt, ended by SIGINT.
func TestC240_SecondSignalKills(t *testing.T) {
	if os.Getenv(childEnv) != "" {
		rtsignal.Run0(func() error {
			fmt.Println("runs")
			err := rt.Sleep(time.Hour)
			fmt.Println(errors.As(err, new(*rtsignal.Error)))
			return rt.Shield0(func() error { return rt.Sleep(10 * time.Second) }) // if the second signal does not kill it
		})
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), childEnv+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for _, want := range []string{"runs", "true"} {
		if !lines.Scan() || lines.Text() != want {
			t.Errorf("the child says %q, want %q", lines.Text(), want)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
	}
	for lines.Scan() { // to the end of its output
	}
	cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("the child has ended by %v, want the interrupt", cmd.ProcessState)
	}
}

// CPython, add_signal_handler: none while the loop is held up, then all four in order; the last removed, no wakeup descriptor is set.
func TestC241_SignalsComeToTheLoop(t *testing.T) {
	// Each number once, since the kernel and Go keep one pending signal of each.
	sigs := []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGHUP, syscall.SIGWINCH}
	ch := make(chan os.Signal, len(sigs))
	for _, s := range sigs {
		signal.Notify(ch, s)
	}
	defer signal.Stop(ch)
	in := rt.NewReceiver(ch)
	// All are raised before one is received; none is lost, and they are handled by a task, between two awaits.
	err := rt.Run0(func() error {
		busy := true
		for _, s := range sigs {
			raise(t, s)
		}
		handler := rt.Spawn0(func() error {
			left := map[os.Signal]bool{}
			for _, s := range sigs {
				left[s] = true
			}
			for s, err := range rt.Each(in.All) {
				if err != nil {
					return err
				}
				if busy || !left[s] {
					t.Errorf("handled %v while another task ran: %v; left are %v", s, busy, left)
				}
				if delete(left, s); len(left) == 0 {
					break
				}
			}
			return nil
		})
		for len(ch) < len(sigs) { // this holds up the loop, but no signal
		}
		busy = false
		_, err := handler.Wait()
		return err
	})
	if err != nil {
		t.Error(err)
	}
	raise(t, syscall.SIGUSR1)
	if s, err := rt.RunAsync(in.RecvAsync()); s != syscall.SIGUSR1 || err != nil {
		t.Errorf("in an async function: %v, %v", s, err)
	}
}
