//go:build linux

package rttest_test

import (
	"fmt"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// readLines is what is to be tested: it reads from f, with a limit for each read, and adds what it reads to got.
//
//async:func
func readLines(f *poll.File, got *[]byte) error {
	for buf := make([]byte, 100); ; {
		n, err := rt.Await(rt.Timeout(time.Hour, func() (int, error) { return rt.Await(f.Read(buf)) }))
		*got = append(*got, buf[:n]...)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// socketPair returns two sockets that are connected with each other.
func socketPair(t testing.TB) (a, b *poll.File) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	if a, err = poll.NewFile(fds[0], "a"); err != nil {
		t.Fatal(err)
	}
	if b, err = poll.NewFile(fds[1], "b"); err != nil {
		t.Fatal(err)
	}
	return a, b
}

// In each run the one that reads, or the one that writes, is cancelled or fails at another of its awaits. Whatever was written by then has
// been read, or is still to be read. The minutes between the lines take no time.
func ExampleUsePoller() {
	runs, lost := 0, 0
	test := func(t *testing.T) {
		rttest.Sweep(t, func(s *rttest.Scenario) {
			rttest.UsePoller(s, s.Loop, poll.NewPoller)
			r, w := socketPair(s)
			var sent int
			var got []byte
			s.GoPlain("read", func() error { return readLines(r, &got) })
			s.GoPlain("write", func() error {
				defer w.Close()
				for _, line := range []string{"one\n", "two\n", "three\n"} {
					n, err := w.Write([]byte(line))
					sent += n
					if err != nil {
						return err
					}
					if err := rt.Sleep(time.Minute); err != nil {
						return err
					}
				}
				return nil
			})
			s.Check(func() {
				defer r.Close()
				left, err := io.ReadAll(r)
				if err != nil {
					s.Error(err)
				}
				runs++
				lost += sent - len(got) - len(left)
			})
		})
	}
	test(new(testing.T)) // in a test: the function's own t

	fmt.Println(runs > 10, lost)
	// Output: true 0
}
