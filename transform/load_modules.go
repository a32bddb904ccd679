package transform

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A package is edited where it lies, or is a copy of what others edit: then
// nothing is written there, and advice to change it would be wrong.
type copyKind uint8

const (
	noCopy     copyKind = iota // the main module, one of the workspace, or one that a folder replaces
	vendorCopy                 // in a vendor folder
	cacheCopy                  // in the module cache
)

// copyOf says what the folder of a package of module m is; m is nil for the
// standard library and for files that are named one by one.
func copyOf(m *packages.Module) copyKind {
	switch {
	case m == nil || m.Main:
		return noCopy
	case m.Dir == "":
		return vendorCopy
	case m.Replace == nil || m.Replace.Version != "":
		return cacheCopy
	}
	return noCopy
}

// edited returns those of the packages that are no copies. It is an error if
// a copy was asked for by name, and not by a pattern like "all", or if there
// is nothing else.
func edited(pkgs []*packages.Package, patterns []string) ([]*packages.Package, error) {
	var list []*packages.Package
	var refusal error
	for _, pkg := range pkgs {
		kind := copyOf(pkg.Module)
		if kind == noCopy {
			list = append(list, pkg)
			continue
		}
		err := fmt.Errorf("%s lies in the module cache, where nothing is written; %s", pkg.PkgPath, rerun(pkg))
		if kind == vendorCopy {
			err = fmt.Errorf("%s lies in the vendor folder, where nothing is written; %s", pkg.PkgPath, rerun(pkg))
		}
		if slices.Contains(patterns, pkg.PkgPath) {
			return nil, err
		}
		if refusal == nil {
			refusal = err
		}
	}
	if len(list) > 0 {
		refusal = nil
	}
	return list, refusal
}

// rerun says how a package that was not compiled in this run is brought up
// to date.
func rerun(pkg *packages.Package) string {
	switch copyOf(pkg.Module) {
	case vendorCopy:
		return fmt.Sprintf("run goasync for %s in its own module, then go mod vendor", pkg.PkgPath)
	case cacheCopy:
		return fmt.Sprintf("run goasync for %s in its own module and require that version", pkg.PkgPath)
	}
	return fmt.Sprintf("run goasync for %s too", pkg.PkgPath)
}

// nothingIn returns why a package without Go files in this build is none, in
// the go command's words; nil if it has tests, or only other problems.
func nothingIn(pkg *packages.Package) error {
	for _, e := range pkg.Errors {
		switch {
		case strings.Contains(e.Msg, "no non-test Go files"):
		case strings.Contains(e.Msg, "build constraints exclude all Go files"):
			if !hasTests(pkg) {
				return goError(e)
			}
		case len(pkg.IgnoredFiles) == 0:
			return goError(e)
		}
	}
	return nil
}
