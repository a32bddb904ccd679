package transform

import (
	"bytes"
	"strings"
)

// groupImports sets the imports of the standard library apart from the others, as goimports does: those whose path begins with no
// name of a host. The import declaration of src, which gofmt has written, is the first.
func groupImports(src []byte) []byte {
	const begin, end = "\nimport (\n", "\n)\n"
	head, rest, found := bytes.Cut(src, []byte(begin))
	if !found {
		return src
	}
	list, tail, _ := strings.Cut(string(rest), end)
	var std, others []string
	for line := range strings.SplitSeq(list, "\n") {
		_, path, _ := strings.Cut(line, `"`)
		if host, _, _ := strings.Cut(path, "/"); strings.Contains(host, ".") {
			others = append(others, line)
		} else {
			std = append(std, line)
		}
	}
	groups := strings.Join(std, "\n")
	if len(std) > 0 && len(others) > 0 {
		groups += "\n\n"
	}
	groups += strings.Join(others, "\n")
	return []byte(string(head) + begin + groups + end + tail)
}
