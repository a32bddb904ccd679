package transform

import (
	"context"
	"fmt"
	"go/ast"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// stdRounds are more than any package needs: some constructs have their awaits
// refused one by one.
const stdRounds = 100

// compile runs the compiler, takes back what it refuses and runs it again,
// until nothing is refused. It returns the refusals by kind.
func (s *stdCopy) compile(module string) (awaits int, refusals map[string][]Diagnostic) {
	refusals = map[string][]Diagnostic{}
	for range stdRounds {
		awaits = s.write()
		result, err := Run(Options{Dir: module, Patterns: []string{"./" + s.stdCase.path}, BuildFlags: stdBuildFlags, Env: goldenEnv()})
		if err != nil {
			message, _, _ := strings.Cut(err.Error(), "\n") // the generated code follows it
			s.t.Fatal(message)
		}
		if len(result.Diagnostics) == 0 {
			for _, f := range result.Files {
				writeFile(s.t, f.Path, f.Content)
			}
			return awaits, refusals
		}
		for _, d := range result.Diagnostics {
			if d.Pos.Line == 0 || !strings.Contains(d.Message, ";") {
				s.t.Fatalf("not a sane refusal: %v", d)
			}
			kind := refusalKind(d.Message)
			refusals[kind] = append(refusals[kind], d)
			if !s.refuse(filepath.Join(module, d.Pos.Filename), d.Pos.Line, d.Pos.Column) {
				s.t.Fatalf("refused where nothing was made: %v", d)
			}
		}
	}
	s.t.Fatalf("still refused after %d rounds", stdRounds)
	return 0, nil
}

// refuse takes back what the compiler refused at a place: the await that
// begins there, or else those of the innermost statement around it, or else
// the function.
func (s *stdCopy) refuse(path string, line, column int) bool {
	i := slices.IndexFunc(s.files, func(f *stdFile) bool { return f.path == path })
	if i < 0 {
		return false
	}
	f := s.files[i]
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	offset, await := original(f.edits, lineOffset(text, line, column))
	if await != nil {
		await.refused = true
		return true
	}
	for _, decl := range f.ast.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || offset < f.offset(fn.Pos()) || f.offset(fn.End()) < offset {
			continue
		}
		if around := f.statementAt(fn, offset); around != nil && f.refuseIn(around) {
			return true
		}
		s.unmark(fn)
		return s.written[s.object(fn)] == fn // else nothing was made of it
	}
	return false
}

// statementAt returns the innermost statement around an offset.
func (f *stdFile) statementAt(fn *ast.FuncDecl, offset int) (found ast.Stmt) {
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if n == nil || offset < f.offset(n.Pos()) || f.offset(n.End()) < offset {
			return false
		}
		if stmt, ok := n.(ast.Stmt); ok {
			found = stmt
		}
		return true
	})
	return found
}

// refuseIn takes back the awaits in a statement, and reports whether there
// were any.
func (f *stdFile) refuseIn(stmt ast.Stmt) (found bool) {
	for _, a := range f.awaits {
		if !a.refused && stmt.Pos() <= a.pos() && a.pos() < stmt.End() && a.before != stmt {
			a.refused, found = true, true
		}
	}
	return found
}

// unmark leaves a function as it is, with it the calls of it.
func (s *stdCopy) unmark(fn *ast.FuncDecl) {
	obj := s.object(fn)
	delete(s.marks, obj)
	for _, f := range s.files {
		for _, a := range f.awaits {
			if a.call == nil {
				continue
			}
			if callee, _ := functionNamed(s.pkg.TypesInfo, a.call.Fun); callee.Origin() == obj {
				a.refused = true
			}
		}
	}
}

// stdTimeout is for the tests of one package.
const stdTimeout = 5 * time.Minute

// test runs the package's tests and returns what they print if they fail.
func (s *stdCopy) test(module string) (output string, ok bool) {
	ctx, stop := context.WithTimeout(context.Background(), stdTimeout+time.Minute) // go test ends by itself
	defer stop()
	args := append([]string{"test", "-vet=off", "-short", fmt.Sprintf("-timeout=%v", stdTimeout)}, stdBuildFlags...)
	if len(s.stdCase.skip) > 0 {
		names := slices.Sorted(maps.Keys(s.stdCase.skip))
		for i, name := range names {
			names[i] = "^" + strings.ReplaceAll(regexp.QuoteMeta(name), "/", "$/^") + "$"
		}
		args = append(args, "-skip="+strings.Join(names, "|"))
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./"+s.stdCase.path)...)
	cmd.Dir, cmd.Env = module, goldenEnv()
	out, err := cmd.CombinedOutput()
	if err == nil && strings.Contains(string(out), "[no test files]") {
		return string(out), false
	}
	return string(out), err == nil
}
