package transform

import (
	"bytes"
	"flag"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// everything are the packages of the standard library that TestEverything
// compiles: code that nobody wrote for this compiler.
var everything = []string{
	"bufio", "compress/bzip2", "compress/flate", "compress/gzip", "database/sql", "debug/dwarf", "encoding/csv", "encoding/json",
	"encoding/pem", "encoding/xml", "go/printer", "image/png", "net/mail", "net/rpc", "net/smtp", "net/textproto", "regexp/syntax",
	"text/tabwriter", "text/template/parse",
}

var everythingAll = flag.Bool("everything.all", false, "TestEverything takes the whole standard library")

// TestEverything marks every function of a corpus that could be async, makes
// every call of one of them an await, and asks for refusals or for code that
// compiles and passes vet. A function that is refused loses its mark, and
// with it its calls their awaits, until nothing is refused any more.
func TestEverything(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles packages of the standard library")
	}
	dir := t.TempDir()
	newStdModule(t, dir)
	corpus := loadCorpus(t, dir)
	refusals := map[string]int{}
	for round := 0; ; round++ {
		for _, c := range corpus {
			c.write(t)
		}
		result, err := Run(Options{Dir: dir, Patterns: []string{"./..."}, Env: stdEnv()})
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Diagnostics) == 0 {
			awaits := 0
			for _, f := range result.Files {
				writeFile(t, f.Path, f.Content)
				awaits += strings.Count(string(f.Content), "\nawait")
			}
			t.Logf("%d files with %d awaits after %d rounds; refused: %v", len(result.Files), awaits, round, refusals)
			break
		}
		unmarked := 0
		for _, d := range result.Diagnostics {
			if d.Pos.Line == 0 || !strings.Contains(d.Message, ";") {
				t.Errorf("not a sane refusal: %v", d)
			}
			for _, c := range corpus {
				unmarked += c.unmark(filepath.Join(dir, d.Pos.Filename), d.Pos.Line)
			}
			refusals[refusalKind(d.Message)]++
		}
		if unmarked == 0 || round == 20 {
			t.Fatalf("still refused after %d rounds: %v", round, result.Diagnostics)
		}
	}
	cmd := exec.Command("go", "vet", "-unsafeptr=false", "-copylocks=false", "-stdmethods=false", "./...")
	cmd.Dir, cmd.Env = dir, stdEnv()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("go vet: %v\n%s", err, out)
	}
}

// refusalKind is a message without the names in it.
func refusalKind(message string) string {
	found, _, _ := strings.Cut(message, ";")
	words := strings.Fields(found)
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return strings.ContainsAny(w, "._()*[]") }), " ")
}

// A corpusPackage is one package of the corpus.
type corpusPackage struct {
	dir    string
	pkg    *packages.Package
	text   map[*ast.File][]byte
	marks  map[*types.Func]*ast.FuncDecl
	marked map[string][]int // by path: the lines of the marks that write wrote
}

// loadCorpus reads the packages of the standard library.
func loadCorpus(t *testing.T, dir string) (corpus []*corpusPackage) {
	t.Helper()
	mode := packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
		packages.NeedTypes | packages.NeedTypesInfo | packages.NeedSyntax | packages.NeedEmbedFiles
	patterns := everything
	if *everythingAll {
		patterns = []string{"std"}
	}
	pkgs, err := packages.Load(&packages.Config{Mode: mode, Env: stdEnv()}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range pkgs {
		if strings.HasPrefix(pkg.PkgPath, "vendor/") || pkg.PkgPath == "unsafe" {
			continue
		}
		c := &corpusPackage{dir: filepath.Join(dir, pkg.PkgPath), pkg: pkg, text: map[*ast.File][]byte{},
			marks: map[*types.Func]*ast.FuncDecl{}, marked: map[string][]int{}}
		copyEmbedded(t, pkg, c.dir)
		for i, file := range pkg.Syntax {
			if c.text[file], err = os.ReadFile(pkg.CompiledGoFiles[i]); err != nil {
				t.Fatal(err)
			}
			for _, decl := range file.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
					obj := pkg.TypesInfo.Defs[fn.Name].(*types.Func)
					if _, ok := splitResults(obj.Signature()); ok {
						c.marks[obj] = fn
					}
				}
			}
		}
		corpus = append(corpus, c)
	}
	return corpus
}

// unmark takes the mark from the function at a place, and reports how many. If
// it has none, it hides a method that has, which loses it.
func (c *corpusPackage) unmark(path string, line int) (n int) {
	i := slices.IndexFunc(c.pkg.Syntax, func(file *ast.File) bool {
		return filepath.Join(c.dir, filepath.Base(c.pkg.Fset.Position(file.FileStart).Filename)) == path
	})
	if i < 0 {
		return 0
	}
	above := 0
	for _, mark := range c.marked[path] {
		if mark < line {
			above++
		}
	}
	for _, decl := range c.pkg.Syntax[i].Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || line-above < c.pkg.Fset.Position(fn.Pos()).Line || c.pkg.Fset.Position(fn.End()).Line < line-above {
			continue
		}
		obj := c.object(fn)
		hides := c.marks[obj] == nil && fn.Recv != nil
		for other := range c.marks {
			if other == obj || hides && other.Name() == obj.Name() {
				delete(c.marks, other)
				n++
			}
		}
	}
	return n
}

// write writes the package with its marks and awaits. Only marks move lines:
// the import is put on that of the package clause.
func (c *corpusPackage) write(t *testing.T) {
	t.Helper()
	for _, file := range c.pkg.Syntax {
		var edits []corpusEdit
		base := c.pkg.Fset.File(file.FileStart)
		at := func(pos token.Pos, text string) { edits = append(edits, corpusEdit{base.Offset(pos), text}) }
		awaits := false
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || c.marks[c.object(fn)] != fn {
				continue
			}
			at(fn.Type.Func, "/*mark*/")
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt:
					return false
				case *ast.CallExpr:
					callee, _ := functionNamed(c.pkg.TypesInfo, n.Fun)
					if callee != nil && c.marks[callee] != nil {
						count := callee.Signature().Results().Len() - 1
						at(n.Pos(), "rt_.Await"+[]string{"0", "", "2", "3"}[count]+"(")
						at(n.End(), ")")
						awaits = true
					}
				}
				return true
			})
		}
		for _, spec := range file.Imports {
			at(spec.Path.Pos()+1, stdImportPrefix("", strings.Trim(spec.Path.Value, "\"`")))
		}
		if awaits {
			at(file.Name.End(), `; import rt_ "github.com/goasync/goasync/rt"`)
		}
		path := filepath.Join(c.dir, filepath.Base(base.Name()))
		text, marked := applyCorpus(c.text[file], edits)
		c.marked[path] = marked
		writeFile(t, path, text)
	}
}

func (c *corpusPackage) object(fn *ast.FuncDecl) *types.Func {
	obj, _ := c.pkg.TypesInfo.Defs[fn.Name].(*types.Func)
	return obj
}

// A corpusEdit inserts text.
type corpusEdit struct {
	offset int
	text   string
}

// applyCorpus makes the edits; a mark becomes a line of its own.
func applyCorpus(text []byte, edits []corpusEdit) (out []byte, marked []int) {
	slices.SortStableFunc(edits, func(a, b corpusEdit) int { return a.offset - b.offset })
	from := 0
	for _, e := range edits {
		out = append(out, text[from:e.offset]...)
		from = e.offset
		if e.text == "/*mark*/" {
			e.text = "//async\n"
			marked = append(marked, 1+bytes.Count(out, []byte("\n")))
		}
		out = append(out, e.text...)
	}
	return append(out, text[from:]...), marked
}
