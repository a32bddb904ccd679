package transform

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

var (
	notImported = regexp.MustCompile(`(?s)^could not import \S+ \((.*)\)$`)
	twoPackages = regexp.MustCompile(`^package \S+; expected package \S+$`)
)

var (
	fromTool   = regexp.MustCompile(`(?s)^# [^\n]*\n(.*)$`) // what a tool said that the go command ran, as cgo
	atPosition = regexp.MustCompile(`^(?:\./)?(\S+\.go:\d+(?::\d+)?): ([^\n]*)`)
)

// listErrors records the go command's own errors: imports that it cannot
// find, cycles, what cgo says. Its syntax errors are left to the parser.
func (in *input) listErrors() (found bool) {
	for _, e := range in.meta.Errors {
		if e.Kind != packages.ListError && in.broken || in.aboutGenerated(e) {
			continue
		}
		found = true
		if m := fromTool.FindStringSubmatch(e.Msg); m != nil {
			e.Msg = m[1]
			if m := atPosition.FindStringSubmatch(e.Msg); m != nil && e.Pos == "" {
				e.Pos, e.Msg = m[1], m[2]
			}
		}
		pos := parsePosition(e.Pos)
		if pos.Filename != "" && !filepath.IsAbs(pos.Filename) {
			pos.Filename = filepath.Join(in.meta.Dir, filepath.Base(pos.Filename))
		}
		in.diags.add(pos, "%s", strings.TrimSpace(e.Msg))
	}
	return found
}

var foundPackages = regexp.MustCompile(`^found packages \S+ \((.*)\) and \S+ \((.*)\) in `)

// aboutGenerated reports whether an error is one of a generated file, which
// is about to be replaced.
func (in *input) aboutGenerated(e packages.Error) bool {
	base := []string{filepath.Base(parsePosition(e.Pos).Filename)}
	if m := foundPackages.FindStringSubmatch(e.Msg); m != nil {
		base = m[1:]
	}
	return slices.ContainsFunc(base, func(name string) bool {
		_, ours := in.generated[filepath.Join(in.meta.Dir, name)]
		return ours
	})
}
