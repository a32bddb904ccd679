package transform

import (
	"go/types"
	"strings"

	"github.com/dave/jennifer/jen"
)

// A text is Go source under construction: verbatim pieces, names of other
// packages, which jennifer qualifies and imports, and names of this package.
type text []piece

type piece struct {
	s     string
	path  string          // s is a name of this package
	name  bool            // s is a name of our own package or a predeclared one, which the source may hide: see names_hidden.go
	local *types.TypeName // with name: it is that of this type, if that is declared in the function
}

func (t *text) str(s string) {
	if s == "" {
		return
	}
	if n := len(*t); n > 0 && (*t)[n-1].path == "" && !(*t)[n-1].name {
		(*t)[n-1].s += s
		return
	}
	*t = append(*t, piece{s: s})
}

func (t *text) qual(path, name string) { *t = append(*t, piece{s: name, path: path}) }

// name adds a name that means what it does outside of all functions.
func (t *text) name(name string) { *t = append(*t, piece{s: name, name: true}) }

func (t *text) add(o text) {
	for _, p := range o {
		if p.path == "" && !p.name {
			t.str(p.s)
		} else {
			*t = append(*t, p)
		}
	}
}

func plain(s string) (t text) { t.str(s); return t }
func named(s string) (t text) { t.name(s); return t }

// String is the text with its names unqualified: for comparisons and tests.
func (t text) String() string {
	var b strings.Builder
	for _, p := range t {
		b.WriteString(p.s)
	}
	return b.String()
}

// trimmed is the text without the end of its last line.
func (t text) trimmed() text {
	if n := len(t); n > 0 && t[n-1].path == "" {
		t[n-1].s = strings.TrimSuffix(t[n-1].s, "\n")
	}
	return t
}

// code hands the text to jennifer.
func (t text) code() jen.Code {
	parts := make([]jen.Code, len(t))
	for i, p := range t {
		if p.path == "" {
			parts[i] = jen.Op(p.s)
		} else {
			parts[i] = jen.Qual(p.path, p.s)
		}
	}
	return jen.Custom(jen.Options{}, parts...)
}
