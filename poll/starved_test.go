//go:build linux

package poll_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/goasync/goasync/testdata/hostile"
)

// serverEnv has a test that is run again, in a process of its own, be a server of the network that it names.
const serverEnv = "POLL_HOSTILE_SERVER"

// asServer is the server's process, if this is one.
func asServer(t *testing.T, descriptors uint64) bool {
	network := os.Getenv(serverEnv)
	if network == "" {
		return false
	}
	if err := hostile.RunProcess(network, descriptors, os.Stdin, os.Stdout); err != nil {
		t.Error(err)
	}
	return true
}

// startProcess starts the server of a test, which begins with asServer.
func startProcess(t *testing.T, test, network string) *hostile.Process {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	command.Env = append(os.Environ(), serverEnv+"="+network)
	p, err := hostile.StartProcess(command)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// status asks for the status of a server.
func status(t *testing.T, p *hostile.Process) hostile.Status {
	t.Helper()
	now, err := p.Status()
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// F01: a server of 64 descriptors gets 120 clients. It serves those that it could accept, says once that there are more, does not spin,
// and serves the others when the first have gone.
func TestF01_TooManyClients(t *testing.T) {
	const (
		descriptors, clients = 64, 120
		pings                = 50
		pause                = 100 * time.Millisecond // between attempts to accept
		episode              = 3 * pause              // that is looked at, at least
	)
	if asServer(t, descriptors) {
		return
	}
	for _, network := range hostile.Networks {
		t.Run(network, func(t *testing.T) {
			t.Parallel() // they are processes of their own, which wait most of the time
			p := startProcess(t, "TestF01_TooManyClients", network)
			conns, err := p.Hold(clients)
			defer func() {
				hostile.LetGo(conns)
				if err := p.Close(); err != nil {
					t.Errorf("the server: %v", err)
				}
			}()
			if err != nil {
				t.Fatal(err)
			}
			var begin hostile.Status
			until(t, "the shortage", func() bool {
				begin = status(t, p)
				return begin.Shortages > 0
			})
			served := begin.Handlers
			if served < descriptors/2 || served > descriptors {
				t.Fatalf("%d connections are served with %d descriptors", served, descriptors)
			}
			for i := range pings {
				if err := hostile.Ping(conns[i%served], "served"); err != nil {
					t.Fatal(err)
				}
			}
			quiet := status(t, p)
			time.Sleep(episode) // that nothing happens shows in nothing else
			now := status(t, p)
			most := uint64(2*(now.Elapsed-quiet.Elapsed)/pause) + 10 // a turn to wake and one to sleep, and those of a status
			if turns := now.Turns - quiet.Turns; turns > most {
				t.Errorf("%d turns of the loop in %v without a message, want %d at most", turns, now.Elapsed-quiet.Elapsed, most)
			}
			if now.Shortages != 1 || now.Handlers != served {
				t.Errorf("%d reports of one shortage, and %d handlers, want %d", now.Shortages, now.Handlers, served)
			}
			hostile.LetGo(conns[:clients-served/2])
			conns = conns[clients-served/2:]
			for i, c := range conns {
				if err := hostile.Ping(c, "waited"); err != nil {
					t.Errorf("connection %d of %d that had to wait: %v", i, len(conns), err)
				}
			}
		})
	}
}
