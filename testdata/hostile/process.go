//go:build linux

package hostile

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A Status is what a server has done and holds.
type Status struct {
	Turns, Waits uint64        // of its loop
	Handlers     int           // that run
	Ended        int           // handlers
	Shortages    int           // reports that connections could not be accepted
	Elapsed      time.Duration // since it was started
	Descriptors  int           // of the process
	Goroutines   int
	Heap         int64 // bytes in use, after a collection
}

// Status describes s and the process it runs in.
func (s *Server) Status() Status {
	now := Status{Shortages: s.Shortages()} // first: what came before a shortage is in the counts then
	stats := s.Stats()
	now.Turns, now.Waits, now.Handlers, now.Ended = stats.Turns, stats.Waits, stats.Tasks-2, s.Ended()
	now.Elapsed = time.Since(s.begun)
	now.Descriptors, now.Goroutines, now.Heap = Held()
	return now
}

// numbers is the folder of this process's descriptors. It stays open: to open it anew each time would take one of the last
// descriptors from a server, and give it back.
var numbers = sync.OnceValues(func() (*os.File, error) { return os.Open("/proc/self/fd") })

// countDescriptors returns how many descriptors this process has open, without the one that it needs for that.
func countDescriptors() int {
	folder, err := numbers()
	if err != nil {
		return 0
	}
	if _, err := folder.Seek(0, io.SeekStart); err != nil {
		return 0
	}
	names, _ := folder.Readdirnames(-1)
	return len(names) - 1
}

// Held returns what this process holds: descriptors, goroutines and bytes of the heap.
func Held() (descriptors, goroutines int, heap int64) {
	for range 2 { // pools keep what they hold for one collection
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return countDescriptors(), runtime.NumGoroutine(), int64(m.HeapAlloc)
}

// RunProcess is main of a process that is a server, which has no more descriptors than it is given. It writes its target to w, answers
// each line that it reads from r with its Status, and ends with r.
func RunProcess(network string, descriptors uint64, r io.Reader, w io.Writer) error {
	if _, err := numbers(); err != nil { // while there is one left
		return err
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = min(limit.Cur, descriptors)
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "hostile")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	s, err := Start(network, filepath.Join(folder, "echo"))
	if err != nil {
		return err
	}
	out := json.NewEncoder(w)
	out.Encode(s.Target)
	for lines := bufio.NewScanner(r); lines.Scan(); {
		out.Encode(s.Status())
	}
	return s.Close()
}

// A Process is a server in a process of its own. It must be closed.
type Process struct {
	Target
	command *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
}

// StartProcess starts a command that calls RunProcess.
func StartProcess(command *exec.Cmd) (*Process, error) {
	p := &Process{command: command}
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		return nil, err
	}
	p.in, p.out = in, json.NewDecoder(out)
	if err := p.out.Decode(&p.Target); err != nil {
		p.Close()
		return nil, fmt.Errorf("the server does not say where it is: %w", err)
	}
	return p, nil
}

// Status asks for that of the server.
func (p *Process) Status() (now Status, err error) {
	if _, err := fmt.Fprintln(p.in); err != nil {
		return now, err
	}
	return now, p.out.Decode(&now)
}

// Close ends the server, and returns an error if it has not ended well.
func (p *Process) Close() error {
	p.in.Close()
	io.Copy(io.Discard, p.out.Buffered())
	return p.command.Wait()
}
