package transform

import (
	"bytes"
	"slices"
)

// A stdEdit inserts text into a file. If it begins an await, the place where
// that comes to stand is known once the edits are applied.
type stdEdit struct {
	offset int // in the original
	text   string
	await  *stdAwait // the text begins with its rt.Await…, nil if it begins none
	out    int       // where the text stands in the result
}

// stdEdits are the edits of one file. Of those at one offset the first that
// was made stands first.
type stdEdits struct{ list []stdEdit }

func (e *stdEdits) at(offset int, text string, await *stdAwait) {
	e.list = append(e.list, stdEdit{offset: offset, text: text, await: await})
}

// apply makes the edits and returns them with their places.
func (e *stdEdits) apply(text []byte) (out []byte, placed []stdEdit) {
	slices.SortStableFunc(e.list, func(a, b stdEdit) int { return a.offset - b.offset })
	from := 0
	for i, edit := range e.list {
		out = append(out, text[from:edit.offset]...)
		from = edit.offset
		e.list[i].out = len(out)
		out = append(out, edit.text...)
	}
	return append(out, text[from:]...), e.list
}

// original returns the offset in the original of a place in the result, and
// the await that begins there, if one does.
func original(placed []stdEdit, out int) (offset int, await *stdAwait) {
	offset = out
	for _, e := range placed {
		if e.out > out {
			break
		}
		if e.out == out && e.await != nil {
			await = e.await
		}
		offset = e.offset + max(0, out-e.out-len(e.text))
	}
	return offset, await
}

// lineOffset returns the offset of a line and column, counted from 1.
func lineOffset(text []byte, line, column int) int {
	offset := 0
	for range line - 1 {
		offset += bytes.IndexByte(text[offset:], '\n') + 1
	}
	return offset + column - 1
}
