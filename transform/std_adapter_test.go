package transform

import (
	"fmt"
	"strings"
)

// Adapters are there for functions with at most so many parameters and results;
// awaitables have no more results.
const (
	stdMostParams  = 4
	stdMostResults = 3
)

// adapter names the function of the tool that makes an async function of an
// ordinary one.
func (slot *stdSlot) adapter() string {
	return fmt.Sprintf("std_.Slot%d%d", slot.sig.Params().Len(), slot.sig.Results().Len())
}

// stdAdapters are the adapters, in the tool's source: Slot12 makes an async
// function of one with a parameter and two results.
func stdAdapters() string {
	var text strings.Builder
	for params := range stdMostParams + 1 {
		for results := range stdMostResults + 1 {
			text.WriteString(stdAdapter(params, results))
		}
	}
	return text.String()
}

// stdAdapter writes the two forms of one adapter:
//
//	func Slot11[A0 any, R0 any](f func(A0) (R0)) func(A0) (R0, error) {
//		if f == nil {
//			return nil
//		}
//		return func(a0 A0) (r0 R0, err error) { r0 = f(a0); return }
//	}
//
//	func Slot11Async[A0 any, R0 any](f func(A0) (R0)) func(A0) rt.Awaitable[R0] {
//		…
//		return func(a0 A0) rt.Awaitable[R0] { return rt.Func(func() (r0 R0, err error) { r0 = f(a0); return }) }
//	}
func stdAdapter(params, results int) string {
	list := func(count int, format string) string {
		var items []string
		for i := range count {
			items = append(items, strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		}
		return strings.Join(items, ", ")
	}
	join := func(items ...string) string { return strings.Trim(strings.Join(items, ", "), ", ") }
	assign := ""
	if results > 0 {
		assign = list(results, "r#") + " = "
	}
	text := `
func Slot@[T](f func(TAKES) (GIVES)) func(TAKES) (GIVEN) {
	if f == nil {
		return nil
	}
	return func(ARGS) (NAMED) { SETf(PASSED); return }
}

func Slot@Async[T](f func(TAKES) (GIVES)) func(TAKES) rt.Awaitable[VALUE] {
	if f == nil {
		return nil
	}
	return func(ARGS) rt.Awaitable[VALUE] { return rt.FuncN(func() (NAMED) { SETf(PASSED); return }) }
}
`
	types := join(list(params, "A# any"), list(results, "R# any"))
	if types != "" {
		types = "[" + types + "]"
	}
	value := []string{"struct{}", "R0", "rt.Pair[R0, R1]", "rt.Triple[R0, R1, R2]"}[results]
	function := []string{"rt.Func0", "rt.Func", "rt.Func2", "rt.Func3"}[results]
	return strings.NewReplacer("@", fmt.Sprintf("%d%d", params, results), "[T]", types, "TAKES", list(params, "A#"), "GIVES", list(results, "R#"),
		"GIVEN", join(list(results, "R#"), "error"), "ARGS", list(params, "a# A#"), "NAMED", join(list(results, "r# R#"), "err error"),
		"SET", assign, "PASSED", list(params, "a#"), "VALUE", value, "rt.FuncN", function).Replace(text)
}
