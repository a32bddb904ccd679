package main

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// The cores: one for the server, the other for the load, so that neither takes the other's time or caches.
const (
	serverCore = 0
	loadCore   = 1
)

// pin confines the calling thread, and the processes that it starts, to one core.
func pin(core int) error {
	var set unix.CPUSet
	set.Set(core)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		return fmt.Errorf("pin to core %d, of which two are needed: %w", core, err)
	}
	return nil
}

// A process is a server that runs.
type process struct {
	cmd   *exec.Cmd
	addr  string
	stdin io.WriteCloser
	lines *bufio.Scanner
}

// start starts a server of a kind, which the caller stops. The calling goroutine is locked to its thread.
func start(kind string) (*process, error) {
	cmd, err := command(kind)
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := pin(serverCore); err != nil {
		return nil, err
	}
	defer pin(loadCore)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, stdin: stdin, lines: bufio.NewScanner(stdout)}
	for {
		line, err := p.line()
		if err != nil {
			p.stop()
			return nil, fmt.Errorf("%s says no address: %w", kind, err)
		}
		if addr, ok := strings.CutPrefix(line, servingPrefix); ok {
			p.addr = addr
			return p, nil
		}
	}
}

// command returns the command that serves.
func command(kind string) (*exec.Cmd, error) {
	if kind == "c" {
		return exec.Command(cServer), nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return exec.Command(self, "-serve", kind), nil
}

// stop ends the server.
func (p *process) stop() {
	p.stdin.Close()
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

// line returns the next line of the server's output.
func (p *process) line() (string, error) {
	if !p.lines.Scan() {
		return "", errors.Join(io.ErrUnexpectedEOF, p.lines.Err())
	}
	return p.lines.Text(), nil
}

// cpu returns the time that the process has used, in user and kernel mode. The kernel counts it in hundredths of a second.
func (p *process) cpu() (time.Duration, error) {
	fields, err := p.proc("stat")
	if err != nil {
		return 0, err
	}
	var ticks int
	for _, field := range fields[13:15] { // utime and stime
		n, err := strconv.Atoi(field)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100, nil
}

// memory returns what the process has of the machine's memory, in bytes, but for what files have, such as its code. It has given back
// before what is free.
func (p *process) memory() (int, error) {
	if _, err := fmt.Fprintln(p.stdin, "free"); err != nil {
		return 0, err
	}
	if _, err := p.line(); err != nil {
		return 0, err
	}
	fields, err := p.proc("statm")
	if err != nil {
		return 0, err
	}
	resident, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0, err
	}
	files, err := strconv.Atoi(fields[2])
	return (resident - files) * os.Getpagesize(), err
}

// proc returns the fields of a file of the process.
func (p *process) proc(name string) ([]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, name))
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 7 {
		return nil, fmt.Errorf("/proc has a %s of %d fields", name, len(fields))
	}
	return fields, nil
}

//go:embed c/echo.c
var cSource []byte

// cServer is the path of the server in C, once it is compiled.
var cServer string

// compileC compiles the server in C in a folder.
func compileC(folder string) error {
	source := filepath.Join(folder, "echo.c")
	if err := os.WriteFile(source, cSource, 0o600); err != nil {
		return err
	}
	program := filepath.Join(folder, "echo")
	if out, err := exec.Command("cc", "-O2", "-o", program, source).CombinedOutput(); err != nil {
		return fmt.Errorf("cc: %w\n%s", err, out)
	}
	cServer = program
	return nil
}
