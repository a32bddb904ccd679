// Goasync compiles functions marked //async into the coroutines that a loop
// of package rt runs, beside their plain form.
//
// Usage:
//
//	goasync [-C dir] [-tags list] [packages]
//	goasync vet [-C dir] [-tags list] [packages]
//	goasync fix [-C dir] [-tags list] [packages]
//
// Packages are those of the go command, by default the one in the current
// folder. For each file x.go with marked functions it writes x_async.go; it
// removes such files of its own whose source has none any more. It touches
// no other file, writes only what has changed, and puts each file in place
// at once. It is meant to be run by go generate:
//
//	//go:generate go tool goasync
//
// Like the go command it sees the files whose build constraints hold, and the
// generated file has those of its source: x_linux.go becomes x_async_linux.go.
// To generate for another system, run it with GOOS and GOARCH set, but not
// through go tool, which would build it for that system; it leaves alone what
// was generated from files that are not in the build at hand.
//
//	GOOS=windows $(go tool -n goasync) ./...
//
// "goasync vet" generates nothing. It warns of code in marked functions that
// compiles and yet blocks the loop, such as a channel's receive or a
// sync.Mutex, runs beside it, or does not use its clock and random numbers. A
// line that is right all the same says why in a comment at its end, or alone
// above it:
//
//	mu.Lock() //goasync:allow held for a few instructions by whoever has it
//
// "goasync fix" generates nothing. It rewrites the marks //async and // async
// to //async:func, which gofmt keeps as it is and godoc does not print, and
// prints the names of the files that it changes.
//
// The exit status is 0 if all was compiled, 1 if something in the packages
// was refused (each refusal is a line on standard error, and nothing of its
// package is written) or vet has warned, and 2 if goasync could not do its
// work.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goasync/goasync/transform"
)

const usage = `Goasync compiles functions marked //async into coroutines, beside their plain form.

Usage:

	goasync [-C dir] [-tags list] [packages]
	goasync vet [-C dir] [-tags list] [packages]
	goasync fix [-C dir] [-tags list] [packages]

Packages are named as for the go command; without any it is the one in the
current folder. For each x.go with marked functions it writes x_async.go, and
removes such a file of its own when the marks are gone.

With vet it only warns of what compiles and yet blocks a loop, runs beside it,
or does not use its clock. A comment //goasync:allow, with the reason, allows a
line.

With fix it only rewrites the marks //async and // async to //async:func, and
prints the names of the files that it changes.

Flags:

	-C dir      change to dir first
	-tags list  build tags, separated by commas
	-h          print this

Exit status: 0 done; 1 something in the packages was refused, as printed, and
nothing of those packages was written, or vet has warned; 2 it could not be
done.
`

// The exit statuses.
const (
	done = iota
	refused
	failed
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the command.
func run(args []string, stdout, stderr io.Writer) (status int) {
	opts, verb, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return done
	}
	if err != nil {
		fmt.Fprintf(stderr, "goasync: %v\n", err)
		return failed
	}
	result, err := commands[verb](*opts)
	if err != nil {
		fmt.Fprintf(stderr, "goasync: %s\n", oneLine(err.Error()))
		return failed
	}
	for _, d := range result.Diagnostics {
		fmt.Fprintln(stderr, oneLine(d.String()))
	}
	if err := write(result.Files); err != nil {
		fmt.Fprintf(stderr, "goasync: %v\n", err)
		return failed
	}
	if verb == "fix" {
		for _, f := range result.Files {
			fmt.Fprintln(stdout, short(opts.Dir, f.Path))
		}
	}
	if len(result.Diagnostics) > 0 {
		return refused
	}
	return done
}

// commands are what the words do with which a command line may begin.
var commands = map[string]func(transform.Options) (*transform.Result, error){
	"":    transform.Run,
	"fix": transform.Fix,
	"vet": transform.Vet,
}

// parse reads the command line; verb is the word of commands that it begins with, or "".
func parse(args []string) (opts *transform.Options, verb string, err error) {
	if len(args) > 0 && commands[args[0]] != nil {
		verb, args = args[0], args[1:]
	}
	flags := flag.NewFlagSet("goasync", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	dir := flags.String("C", "", "")
	tags := flags.String("tags", "", "")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, verb, err
		}
		return nil, verb, fmt.Errorf("%w; goasync -h prints the flags", err)
	}
	for _, arg := range flags.Args() {
		switch {
		case commands[arg] != nil && verb == "" && len(flags.Args()) < len(args):
			return nil, verb, fmt.Errorf("%[1]s after a flag; write goasync %[1]s first, for the package in the folder %[1]s ./%[1]s", arg)
		case command.MatchString(arg) && !collection[arg]:
			return nil, verb, fmt.Errorf("unknown command %s; for the package in the folder %[1]s write ./%[1]s", arg)
		case strings.HasPrefix(arg, "-"):
			return nil, verb, fmt.Errorf("flag %s after the packages; flags come first", arg)
		}
	}
	opts = &transform.Options{Dir: *dir, Patterns: flags.Args()}
	if *tags != "" {
		opts.BuildFlags = []string{"-tags=" + *tags}
	}
	return opts, verb, nil
}

// short returns path as seen from dir, where it is below that.
func short(dir, path string) string {
	if dir, err := filepath.Abs(dir); err == nil {
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
			return rel
		}
	}
	return path
}

// A word alone is taken for a command: packages of the standard library, which
// such a word could name, have no marks.
var command = regexp.MustCompile(`^[a-z]+$`)

// collection holds the words that mean several packages.
var collection = map[string]bool{"all": true, "work": true}

// oneLine joins the lines of a message.
func oneLine(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			continue
		case strings.HasSuffix(b.String(), ":"):
			b.WriteString(" ")
		case b.Len() > 0:
			b.WriteString("; ")
		}
		b.WriteString(line)
	}
	return b.String()
}
