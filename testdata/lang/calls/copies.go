package calls

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type key struct{ n, m int }

type word struct{ n int32 }

type nick struct{ s string }

type wide struct {
	n    int
	text string
	m    map[int]bool
	ptrs map[int]*int
	word word
	nick nick
	i32  int32
	byte byte
	list []bool
}

// async
func (s *wide) change(w *harness.World) (int, error) {
	err := rt.Await0(w.Do("change"))
	s.n++
	s.text += "b"
	s.byte++
	s.i32++
	s.word.n++
	s.nick.s += "b"
	s.m[1] = !s.m[1]
	s.ptrs[1] = &s.n
	s.list = append([]bool{!s.list[0]}, s.list...)
	return s.n, err
}

func newWide() *wide {
	other := 77
	return &wide{n: 1, text: "ab", nick: nick{"ab"}, m: map[int]bool{1: true}, ptrs: map[int]*int{1: &other}, list: []bool{true}}
}

// CopiesToInterface has operands left of an await that become interfaces: gc
// computes those of them before it whose copy its runtime takes by address.
//
// async
func CopiesToInterface(w *harness.World) (string, error) {
	s := newWide()
	w.Trace("bool", s.n == 1, one(rt.Await(s.change(w))), s.n == 2, one(rt.Await(s.change(w))))
	w.Trace("byte", s.text[0], s.byte+1, byte(s.n), one(rt.Await(s.change(w))))
	w.Trace("words", s.n+1, s.i32+1, int16(s.n), float64(s.n), s.text+"!", one(rt.Await(s.change(w))))
	w.Trace("struct", key{s.n, 1}, word{s.i32}, [1]string{s.text}, [2]string{s.text}, one(rt.Await(s.change(w))))
	w.Trace("complex", complex(1, 2)*complex(float64(s.n), 0), one(rt.Await(s.change(w))))
	w.Trace("map", s.m[1], len(s.m), one(rt.Await(s.change(w))))
	w.Trace("pointer", *pointer(s.ptrs[1]), &key{s.n, 2}, one(rt.Await(s.change(w))))
	w.Trace("addressed", s.byte, s.list[0], s.word, one(rt.Await(s.change(w))))
	w.Trace("explicit", any(s.n > 4) == any(true), any(s.byte), one(rt.Await(s.change(w))))
	w.Trace("nested", fmt.Sprint(s.n > 8), []any{s.n > 8, s.n, key{n: s.n}}, one(rt.Await(s.change(w))))
	w.Trace("await", rt.Await0(w.Do("left")) == nil, one(rt.Await(s.change(w))))
	w.Trace("func", func() int { return 3 }(), one(rt.Await(s.change(w))))
	return s.text, nil
}

func pointer(v any) *int { return v.(*int) }

// CopiesElsewhere has such operands in other places than arguments.
//
// async
func CopiesElsewhere(w *harness.World) (a any, b any, err error) {
	s := newWide()
	var x, y any = s.n > 1, one(rt.Await(s.change(w)))
	w.Trace("var", x, y)
	x, y = s.byte+1, one(rt.Await(s.change(w)))
	w.Trace("assign", x, y)
	lit := []any{key{s.n, 1}, 3: one(rt.Await(s.change(w)))}
	w.Trace("literal", lit...)
	pair := struct{ a, b any }{s.n > 3, one(rt.Await(s.change(w)))}
	w.Trace("struct", pair)
	pair = struct{ a, b any }{b: s.n == 5, a: one(rt.Await(s.change(w)))}
	w.Trace("keyed", pair)
	many := map[any]any{s.byte: s.n > 3, s.n == 7: one(rt.Await(s.change(w)))}
	w.Trace("map", len(many), many[s.byte-1], many[true], many[false])
	list := append([]any{}, s.n > 7, one(rt.Await(s.change(w))))
	w.Trace("append", list...)
	w.Trace("compare", any(s.byte) == s.byte+0, x == (s.n > 1), one(rt.Await(s.change(w))))
	return s.n > 9, one(rt.Await(s.change(w))), nil
}

// CopiesOfKeys looks in maps left of an await that changes the keys.
//
// async
func CopiesOfKeys(w *harness.World) (string, error) {
	s := newWide()
	keys := map[key]int{{1, 0}: 1, {2, 0}: 2, {3, 0}: 3, {4, 0}: 4}
	words := map[word]int{{0}: 10, {1}: 11, {2}: 12, {3}: 13}
	bytes := map[byte]int{0: 20, 1: 21, 2: 22, 3: 23, 4: 24}
	large := map[int][20]int{1: {41}, 2: {42}, 3: {43}, 4: {44}, 5: {45}, 6: {46}, 7: {47}}
	anys := map[any]int{1: 51, 2: 52, 3: 53, 4: 54, 5: 55, 6: 56, 7: 57, 8: 58}
	text := map[string]int{"ab": 61}
	names := map[nick]int{{"ab"}: 81, {"abb"}: 82, {"abbb"}: 83, {"abbbb"}: 84, {"abbbbb"}: 85, {"abbbbbb"}: 86, {"abbbbbbb"}: 87, {"abbbbbbbb"}: 88, {"abbbbbbbbb"}: 89}
	show := func(a, b int) string { return fmt.Sprint(a, " ", b) }
	w.Trace("struct", show(keys[key{s.n, 0}], one(rt.Await(s.change(w)))))
	w.Trace("word", show(words[word{s.i32}], one(rt.Await(s.change(w)))))
	w.Trace("variable", show(words[s.word], one(rt.Await(s.change(w)))))
	w.Trace("byte", show(bytes[s.byte+0], one(rt.Await(s.change(w)))))
	w.Trace("large", show(large[s.n+0][0], one(rt.Await(s.change(w)))))
	w.Trace("any", show(anys[s.n], one(rt.Await(s.change(w)))), show(anys[any(s.n)], one(rt.Await(s.change(w)))))
	w.Trace("name", show(names[s.nick], one(rt.Await(s.change(w)))), show(names[nick{s.text}], one(rt.Await(s.change(w)))))
	buf := []byte("ab")
	swap := func() (int, error) {
		buf[0]++
		text["ab"]++
		return 1, rt.Await0(w.Do("swap"))
	}
	w.Trace("bytes", show(text[string(buf)], one(rt.Await(swap()))))
	text[string(buf)], buf[1] = 70+len(buf), byte(one(rt.Await(swap())))
	keys[key{s.n, 9}], words[s.word] = one(rt.Await(s.change(w))), one(rt.Await(s.change(w)))
	return fmt.Sprint(text, keys, words), nil
}

// CopiesToCompare compares structs and arrays left of an await.
//
// async
func CopiesToCompare(w *harness.World) (string, error) {
	s := newWide()
	k := &key{2, 1}
	both := func(a, b bool, n int) string { return fmt.Sprint(a, b, n) }
	next := func() key { s.n++; return key{s.n, 1} }
	w.Trace("left", both(key{s.n, 1} == *k, *k != key{s.n, 1}, one(rt.Await(s.change(w)))))
	w.Trace("calls", both(key{s.n, 1} == next(), next() == key{s.n, 1}, one(rt.Await(s.change(w)))))
	w.Trace("arrays", both([2]int{s.n} == [2]int{3}, [2]int{4} == [...]int{s.n, 0}, one(rt.Await(s.change(w)))))
	w.Trace("within", key{s.n, 1} == key{one(rt.Await(s.change(w))), 1}, s.n)
	return s.text, nil
}

type sized[T any] struct {
	t T
	n int
}

// CopiesOfParams has them in a generic function, where their size is not known.
//
// async
func CopiesOfParams(w *harness.World) (string, error) {
	s := newWide()
	return rt.Await(copies(w, s, map[int]bool{1: true}, [2]bool{true}))
}

// async
func copies[T comparable, A comparable](w *harness.World, s *wide, m map[int]T, a A) (string, error) {
	w.Trace("value", m[1], s.n == 1, one(rt.Await(s.change(w))))
	w.Trace("sized", sized[T]{m[1], 2}, [1]A{a}, one(rt.Await(s.change(w))))
	w.Trace("key", map[sized[T]]int{{m[1], 1}: 3}[sized[T]{m[1], 1}], one(rt.Await(s.change(w))))
	w.Trace("compare", m[1] == m[2], any(a) == any(*new(A)), one(rt.Await(s.change(w))))
	return fmt.Sprint(s.n), nil
}
