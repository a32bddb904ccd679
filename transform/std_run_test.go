package transform

import (
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
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
		result, err := Run(Options{Dir: module, Patterns: []string{"./" + s.stdCase.path}, BuildFlags: stdBuildFlags, Env: stdEnv()})
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
		await.refuse()
		return true
	}
	if s.refuseValue(f, offset) {
		return true
	}
	for _, decl := range f.ast.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || offset < f.offset(fn.Pos()) || f.offset(fn.End()) < offset {
			continue
		}
		if around := f.statementAt(fn, offset); around != nil && s.refuseIn(f, around) {
			return true
		}
		if lit := s.literalAround(fn, f, offset); lit != nil {
			lit.refused = true
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

// refuseValue takes back the slot whose name begins at an offset, or the
// literal, or that to which is given what begins there.
func (s *stdCopy) refuseValue(f *stdFile, offset int) (found bool) {
	at := func(n ast.Node) bool { return f.holds(n) && f.offset(n.Pos()) == offset }
	for id, obj := range s.pkg.TypesInfo.Uses {
		if v, ok := obj.(*types.Var); ok && s.slots[v] != nil && s.slots[v].kept && at(id) {
			s.slots[v].refused, found = true, true
		}
	}
	for lit, l := range s.lits {
		if l.kept && at(lit) {
			l.refused, found = true, true
		}
	}
	for e, given := range s.given {
		if !found && given.filled() && at(e) {
			given.to.refused, found = true, true
		}
	}
	return found
}

// literalAround returns the innermost converted literal around an offset in a
// function, or nil.
func (s *stdCopy) literalAround(fn *ast.FuncDecl, f *stdFile, offset int) (found *stdLit) {
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if n == nil || offset < f.offset(n.Pos()) || f.offset(n.End()) < offset {
			return false
		}
		if lit, ok := n.(*ast.FuncLit); ok && s.lits[lit].kept {
			found = s.lits[lit]
		}
		return true
	})
	return found
}

// refuseIn takes back the awaits in a statement, or else the literals, and
// reports whether there were any. What is inside its literals is left.
func (s *stdCopy) refuseIn(f *stdFile, stmt ast.Stmt) (found bool) {
	in := func(pos token.Pos) bool { return stmt.Pos() <= pos && pos < stmt.End() }
	inner := func(lit *stdLit) bool { return lit != nil && in(lit.node.Pos()) }
	for _, a := range f.awaits {
		if a.kept() && in(a.pos()) && a.before != stmt && !inner(a.lit) {
			a.refuse()
			found = true
		}
	}
	if found {
		return true
	}
	for _, lit := range s.lits {
		if lit.kept && inner(lit) && !inner(lit.outer) {
			lit.refused, found = true, true
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
			if a.call == nil || a.slot != nil || a.called != nil {
				continue
			}
			if callee, _ := functionNamed(s.pkg.TypesInfo, a.call.Fun); callee.Origin() == obj {
				a.refused = true
			}
		}
	}
}

// stdTimeout is for the tests of one package. It is there to end what hangs:
// the longest take minutes, and many times that on a machine that is busy.
const stdTimeout = 30 * time.Minute

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
	cmd.Dir, cmd.Env = module, stdEnv()
	out, err := cmd.CombinedOutput()
	if err == nil && strings.Contains(string(out), "[no test files]") {
		return string(out), false
	}
	return string(out), err == nil
}
