// Goasync compiles functions marked //async into the coroutines that a loop
// of package rt runs, beside their plain form.
//
// Usage:
//
//	goasync [-C dir] [-tags list] [packages]
//
// Packages are those of the go command, by default the one in the current
// folder. For each file x.go with marked functions it writes x_async.go; it
// removes such files of its own whose source has none any more. It touches
// no other file, writes only what has changed, and puts each file in place
// at once. It is meant to be run by go generate:
//
//	//go:generate go tool goasync
//
// The exit status is 0 if all was compiled, 1 if something in the packages
// was refused (each refusal is a line on standard error, and nothing of its
// package is written), and 2 if goasync could not do its work.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/goasync/goasync/transform"
)

const usage = `Goasync compiles functions marked //async into coroutines, beside their plain form.

Usage:

	goasync [-C dir] [-tags list] [packages]

Packages are named as for the go command; without any it is the one in the
current folder. For each x.go with marked functions it writes x_async.go, and
removes such a file of its own when the marks are gone.

Flags:

	-C dir      change to dir first
	-tags list  build tags, separated by commas
	-h          print this

Exit status: 0 done; 1 something in the packages was refused, as printed, and
nothing of those packages was written; 2 it could not be done.
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
	opts, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return done
	}
	if err != nil {
		fmt.Fprintf(stderr, "goasync: %v\n", err)
		return failed
	}
	result, err := transform.Run(*opts)
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
	if len(result.Diagnostics) > 0 {
		return refused
	}
	return done
}

// parse reads the command line.
func parse(args []string) (*transform.Options, error) {
	flags := flag.NewFlagSet("goasync", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	dir := flags.String("C", "", "")
	tags := flags.String("tags", "", "")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, fmt.Errorf("%w; goasync -h prints the flags", err)
	}
	for _, arg := range flags.Args() {
		if command.MatchString(arg) && !collection[arg] {
			return nil, fmt.Errorf("unknown command %s; for the package in the folder %[1]s write ./%[1]s", arg)
		}
		if strings.HasPrefix(arg, "-") {
			return nil, fmt.Errorf("flag %s after the packages; flags come first", arg)
		}
	}
	opts := &transform.Options{Dir: *dir, Patterns: flags.Args()}
	if *tags != "" {
		opts.BuildFlags = []string{"-tags=" + *tags}
	}
	return opts, nil
}

// A word alone is taken for a command, of which there are none yet: packages
// of the standard library, which such a word could name, have no marks.
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
