//go:build linux

package poll

import (
	"fmt"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

// A dump names the descriptor, the direction and the peer, behind the coroutine that waits for them.
func TestDescribe(t *testing.T) {
	c, peer := connPair(t)
	defer peer.Close()
	defer c.Close()
	l, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var s *rt.Snapshot
	task := rt.SpawnOn(l, echoAsync(c))
	l.CallLater(1, func() { // echo waits by then
		if s, err = l.Snapshot(t.Context()); err != nil {
			t.Error(err)
		}
		peer.Close()
	})
	if _, err := rt.RunUntil(l, task); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`    └── poll.echo
        └── poll.ConnRead
            └── descriptor %d to be readable, of %v
`, c.sysfd, c.RemoteAddr())
	if !strings.HasSuffix(s.String(), want) {
		t.Errorf("dumped\n%s\nwant at its end\n%s", s, want)
	}
}

// A dump of a Select names what each of its operations waits for: the peer, the listener, the file.
func TestDescribe_Select(t *testing.T) {
	run(t, func() error {
		c, _ := pairOver(t, "unix")
		ln := listenOver(t, "tcp")
		f := eventfd(t)
		task := selecting(c.ReadOp(make([]byte, 1)), ln.AcceptOp(), f.WaitReadOp())
		s, err := rt.RunningLoop().Snapshot(t.Context())
		if err != nil {
			return err
		}
		for _, want := range []string{
			fmt.Sprintf("descriptor %d to be readable, of %v", c.sysfd, c.LocalAddr()), // the peer has no name
			fmt.Sprintf("descriptor %d to be readable", ln.sysfd),
			fmt.Sprintf("descriptor %d to be readable, of eventfd", f.sysfd),
		} {
			if !strings.Contains(s.String(), want) {
				t.Errorf("dumped\n%s\nwhich does not contain\n%s", s, want)
			}
		}
		c.Close()
		_, err = rt.Await(task.Wait())
		return err
	})
}
