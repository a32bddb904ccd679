// Goasync compiles functions marked //async into the coroutines that a loop
// of package rt runs, beside their plain form.
//
// Usage:
//
//	goasync [-C dir] [-tags list] [packages]
//	goasync check [-C dir] [-tags list] [packages]
//	goasync vet [-C dir] [-tags list] [packages]
//	goasync fix [-C dir] [-tags list] [packages]
//	goasync help
//
// Packages are those of the go command, by default the one in the current
// folder. For each file x.go with marked functions it writes x_async.go; it
// removes such files of its own whose source has none any more. It touches
// no other file, writes only what has changed, and puts each file in place
// at once. It is meant to be run by go generate, once for a whole module:
//
//	//go:generate go tool goasync ./...
//
// A line like this belongs in a package at the module's root. Packages that
// await each other's functions are compiled together so, whichever of them is
// new; go generate goes through the packages by name, and with a line in each
// it would compile one before what that needs.
//
// Like the go command it sees the files whose build constraints hold, and the
// generated file has those of its source: x_linux.go becomes x_async_linux.go.
// To generate for another system, run it with GOOS and GOARCH set, but not
// through go tool, which would build it for that system; it leaves alone what
// was generated from files that are not in the build at hand.
//
//	GOOS=windows $(go tool -n goasync) ./...
//
// "goasync check" writes nothing. It prints the names of the files that
// goasync would write or remove, one a line, sorted; it is for continuous
// integration, where there must be none.
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
// was refused (each refusal is a line on standard error), check has printed
// a name or vet has warned, and 2 if goasync could not do its work.
//
// Nothing is written of a package in which something is refused; the others
// are, also those that await its functions. Test files make packages of their
// own here, as for the go command: one of those that say package x, which is
// refused with x itself, and one of those that say package x_test. So what is
// refused in a test file keeps back only what would be generated for tests.
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
	goasync check [-C dir] [-tags list] [packages]
	goasync vet [-C dir] [-tags list] [packages]
	goasync fix [-C dir] [-tags list] [packages]
	goasync help

Packages are named as for the go command; without any it is the one in the
current folder. For each x.go with marked functions it writes x_async.go, and
removes such a file of its own when the marks are gone.

With check it only prints the names of the files that it would write or
remove: those that are stale or missing, or have lost their source.

With vet it only warns of what compiles and yet blocks a loop, runs beside it,
or does not use its clock. A comment //goasync:allow, with the reason, allows a
line.

With fix it only rewrites the marks //async and // async to //async:func, and
prints the names of the files that it changes.

Flags:

	-C dir      change to dir first
	-tags list  build tags, separated by commas
	-h          print this

Exit status: 0 done; 1 something in the packages was refused, as printed, check
has found a file, or vet has warned; 2 it could not be done. Nothing is written
of a package in which something was refused, where its test files count as
another one.
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
	files := changed(result.Files)
	if verb != "check" {
		if err := write(files); err != nil {
			fmt.Fprintf(stderr, "goasync: %v\n", err)
			return failed
		}
	}
	if verb == "check" || verb == "fix" {
		for _, f := range files {
			fmt.Fprintln(stdout, short(opts.Dir, f.Path))
		}
	}
	if len(result.Diagnostics) > 0 || verb == "check" && len(files) > 0 {
		return refused
	}
	return done
}

// commands are what the words do with which a command line may begin.
var commands = map[string]func(transform.Options) (*transform.Result, error){
	"":      transform.Run,
	"check": transform.Run,
	"fix":   transform.Fix,
	"vet":   transform.Vet,
}

// parse reads the command line; verb is the word of commands that it begins
// with, or "". The error is flag.ErrHelp if help is asked for.
func parse(args []string) (opts *transform.Options, verb string, err error) {
	if len(args) > 0 && args[0] == "help" {
		return nil, "", help(args[1:])
	}
	if len(args) > 0 && args[0] != "" && commands[args[0]] != nil {
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
		case arg == "":
			return nil, verb, errors.New("an empty argument; name the packages, or give none for the one in the current folder")
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

// help returns what a request for help about the topics comes to: there is one
// text, which is about all commands.
func help(topics []string) error {
	for _, topic := range topics {
		if commands[topic] == nil {
			return fmt.Errorf("unknown help topic %s; goasync help prints all there is", topic)
		}
	}
	return flag.ErrHelp
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
