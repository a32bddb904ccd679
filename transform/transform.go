package transform

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options say what to compile and how the go command is to see it.
type Options struct {
	Dir        string   // where patterns are resolved, "" for the current folder
	Patterns   []string // as of the go command; none means "."
	BuildFlags []string // flags of the go command: "-tags=netgo"
	Env        []string // the go command's environment, nil for the current one
}

// A File is one that a run wants changed.
type File struct {
	Path    string // absolute
	Content []byte // nil: remove it, its source has no async functions any more
}

// A Result is what to write, and what could not be compiled.
type Result struct {
	Files       []File       // sorted by path; nothing of a package that has a diagnostic
	Diagnostics []Diagnostic // sorted by position; all there are
}

// Run compiles the async functions of the packages that opts names. It
// writes nothing. An error means that it could not do its work: there is no
// such package, or the go command failed; what is wrong with the packages
// are Diagnostics.
func Run(opts Options) (*Result, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	p, err := load(opts)
	if err != nil {
		return nil, err
	}
	result := new(Result)
	var found []Diagnostic
	for _, in := range p.inputs {
		files, err := p.compile(in)
		if err != nil {
			return nil, err
		}
		found = append(found, in.diags.list...)
		if len(in.diags.list) == 0 && !in.broken {
			result.Files = append(result.Files, files...)
		}
	}
	result.Diagnostics = report(opts.Dir, found)
	slices.SortFunc(result.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return result, nil
}

// complete fills in what the options leave open, and fails if there is no
// such folder.
func (opts *Options) complete() (err error) {
	if opts.Dir, err = filepath.Abs(opts.Dir); err != nil {
		return err
	}
	if len(opts.Patterns) == 0 {
		opts.Patterns = []string{"."}
	}
	_, err = os.Stat(opts.Dir)
	return err
}

// compile takes one package through the passes.
func (p *workset) compile(in *input) ([]File, error) {
	var files []File
	if !in.testOnly {
		for _, path := range in.orphans() {
			files = append(files, File{Path: path})
		}
	}
	if in.pkg == nil || in.broken {
		return files, nil
	}
	u := in.unit()
	forms := in.world.formsFor(u)
	resolve(u, forms)
	check(u, forms)
	if u.refused() || len(u.sources) == 0 {
		return files, nil
	}
	made, err := emit(u)
	if in.testOnly {
		made = slices.DeleteFunc(made, func(f File) bool { return !strings.HasSuffix(f.Path, "_test.go") })
	}
	return append(files, made...), err
}
