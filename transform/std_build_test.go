package transform

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// stdVendored is the folder of the copies of what is vendored into the
// standard library.
const stdVendored = "vendored"

// TestStdBuild converts the packages of the standard library whose tests
// TestStd does not run, as that does, and asks for code that compiles. Most
// share secrets with the runtime or with each other, so the conversion cannot
// run, but all that they are written in has to be refused or generated.
//
//	go test ./transform -run TestStdBuild -std.all -timeout 0 -v
func TestStdBuild(t *testing.T) {
	if testing.Short() || !*stdAll && *stdOnly == "" {
		t.Skip("converts the whole standard library")
	}
	module := stdFolder(t)
	pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedFiles, Env: stdEnv()}, "std")
	if err != nil {
		t.Fatal(err)
	}
	tested := func(path string) bool {
		return slices.ContainsFunc(stdCases, func(c stdCase) bool { return c.path == path })
	}
	var totals stdTotals
	for _, pkg := range pkgs {
		path := pkg.PkgPath
		vendored := strings.HasPrefix(path, "vendor/")
		if *stdOnly != "" && path != *stdOnly || tested(path) || len(pkg.GoFiles) == 0 || path == "unsafe" || vendored {
			continue
		}
		t.Run(path, func(t *testing.T) {
			s := newStdCopy(t, stdCase{path: path}, module)
			// With it, a function may have its body elsewhere.
			writeFile(t, filepath.Join(s.dir, "assembly.s"), nil)
			before, buildable := s.build(module)
			s.mark()
			n, refused := s.compile(module)
			totals.add(s, n, refused)
			t.Logf("%d functions, %d awaits; refused %v; left %v", len(s.marks), n, mostFrequent(refused), s.left)
			if buildable {
				if output, ok := s.build(module); !ok {
					t.Errorf("it does not build:\n%s", output)
				}
			} else {
				t.Logf("the copy itself does not build, so types are checked alone:\n%s", before)
				for _, problem := range s.typeErrors(module) {
					t.Error(problem)
				}
			}
			if !t.Failed() {
				totals.passed++
			}
		})
	}
	totals.log(t)
}

// copyVendored copies what is vendored into the standard library, where the
// copies of packages can import it.
func copyVendored(t *testing.T, module string) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	from := os.DirFS(filepath.Join(strings.TrimSpace(string(root)), "src", "vendor"))
	err = fs.WalkDir(from, "golang.org", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(from, path)
		if err != nil {
			return err
		}
		if filepath.Ext(path) == ".go" {
			text = rewriteImports(t, "", path, text)
		}
		writeFile(t, filepath.Join(module, stdVendored, path), text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// build compiles the package and returns what the compiler says if it fails.
func (s *stdCopy) build(module string) (output string, ok bool) {
	cmd := exec.Command("go", append(append([]string{"build"}, stdBuildFlags...), "./"+s.stdCase.path)...)
	cmd.Dir, cmd.Env = module, stdEnv()
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// typeErrors are those of the package.
func (s *stdCopy) typeErrors(module string) (found []error) {
	pkgs, err := packages.Load(&packages.Config{Mode: stdLoad, BuildFlags: stdBuildFlags, Env: stdEnv(), Dir: module}, "./"+s.stdCase.path)
	if err != nil {
		return []error{err}
	}
	for _, pkg := range pkgs {
		for _, err := range pkg.Errors {
			found = append(found, err)
		}
	}
	return found
}
