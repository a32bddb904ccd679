// Package gen has generators: a lexer, an average that goes on, and a walk through a tree.
package gen

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/goasync/goasync/rt"
)

// A token is a number, a name or a sign.
type token struct {
	text string
	at   int // in bytes from the start
}

func (t token) String() string { return fmt.Sprintf("%q at %d", t.text, t.at) }

// lex yields the tokens of src. Who reads them may put one back, by sending true: it is yielded again.
//
//async:func
func lex(src string, yield rt.Yield[token, bool]) error {
	for at := 0; at < len(src); {
		if src[at] == ' ' {
			at++
			continue
		}
		end := at + 1
		for isWord(src[at]) && end < len(src) && isWord(src[end]) {
			end++
		}
		for again := true; again; {
			var err error
			if again, err = yield(token{src[at:end], at}); err != nil {
				return err
			}
		}
		at = end
	}
	return nil
}

func isWord(b byte) bool { return unicode.IsLetter(rune(b)) || unicode.IsDigit(rune(b)) }

// lexLines yields the tokens of every line, which lex does for it, and an empty one at each end.
//
//async:func
func lexLines(src string, yield rt.Yield[token, bool]) (lines int, err error) {
	for line := range strings.Lines(src) {
		lines++
		line = strings.TrimSuffix(line, "\n")
		if err := rt.Await0(lex(line, yield)); err != nil {
			return lines, err
		}
		if _, err := yield(token{at: len(line)}); err != nil {
			return lines, err
		}
	}
	return lines, nil
}
