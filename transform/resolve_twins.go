package transform

import (
	"bytes"
	"go/parser"
	"go/types"
	"os"
)

// twinsOf returns the names that //async:twin gives in a package that is no
// input: an async form of another name cannot be seen in export data. Only
// what imports rt can have any.
func (c *checker) twinsOf(path string) map[string]string {
	if twins, ok := c.twins[path]; ok {
		return twins
	}
	twins := make(map[string]string)
	c.twins[path] = twins
	meta := c.graph[path]
	if meta == nil || meta.Imports[rtPath] == nil {
		return twins
	}
	for _, file := range meta.GoFiles {
		text, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(text, []byte("//async:twin ")) {
			continue
		}
		parsed, err := parser.ParseFile(c.p.fset, file, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		for _, m := range scanMarks(&diagnostics{fset: c.p.fset}, parsed) {
			if m.twin != "" {
				twins[receiverName(m.decl)+"."+m.decl.Name.Name] = m.twin
			}
		}
	}
	return twins
}

// twinKey names a function or method within its package.
func twinKey(fn *types.Func) string {
	recv := ""
	if v := fn.Signature().Recv(); v != nil {
		recv = typeName(v.Type())
	}
	return recv + "." + fn.Name()
}
