package transform

import (
	"go/types"
	"strings"

	"github.com/dave/jennifer/jen"
)

// A text is Go source under construction: verbatim pieces and names of other
// packages, which jennifer qualifies and imports.
type text []piece

type piece struct {
	s    string
	path string // s is a name of this package
}

func (t *text) str(s string) {
	if s == "" {
		return
	}
	if n := len(*t); n > 0 && (*t)[n-1].path == "" {
		(*t)[n-1].s += s
		return
	}
	*t = append(*t, piece{s: s})
}

func (t *text) qual(path, name string) { *t = append(*t, piece{name, path}) }

func (t *text) add(o text) {
	for _, p := range o {
		if p.path == "" {
			t.str(p.s)
		} else {
			t.qual(p.path, p.s)
		}
	}
}

func plain(s string) (t text) { t.str(s); return t }

// String is the text with its names unqualified: for comparisons and tests.
func (t text) String() string {
	var b strings.Builder
	for _, p := range t {
		b.WriteString(p.s)
	}
	return b.String()
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

// typeText writes a type as this package names it.
func (u *unit) typeText(t types.Type) (out text) {
	s := types.TypeString(t, func(p *types.Package) string {
		if p == u.pkg.Types {
			return ""
		}
		return "\x00" + p.Path() + "\x00"
	})
	for {
		before, rest, found := strings.Cut(s, "\x00")
		out.str(before)
		if !found {
			return out
		}
		path, rest, _ := strings.Cut(rest, "\x00")
		rest = strings.TrimPrefix(rest, ".")
		end := strings.IndexFunc(rest, func(r rune) bool { return !isIdentRune(r) })
		if end < 0 {
			end = len(rest)
		}
		out.qual(path, rest[:end])
		s = rest[end:]
	}
}

func (u *unit) tupleText(t *types.Tuple) (out text) {
	for i := range t.Len() {
		if i > 0 {
			out.str(", ")
		}
		out.add(u.typeText(t.At(i).Type()))
	}
	return out
}

// zeroText writes the zero value of a type.
func (u *unit) zeroText(t types.Type) (out text) {
	switch b := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case b.Info()&types.IsBoolean != 0:
			return plain("false")
		case b.Info()&types.IsNumeric != 0:
			return plain("0")
		case b.Info()&types.IsString != 0:
			return plain(`""`)
		}
		return plain("nil")
	case *types.Struct, *types.Array:
		out = u.typeText(t)
		out.str("{}")
		return out
	case *types.Interface:
		if _, ok := types.Unalias(t).(*types.TypeParam); ok {
			out.str("*new(")
			out.add(u.typeText(t))
			out.str(")")
			return out
		}
	}
	return plain("nil")
}
