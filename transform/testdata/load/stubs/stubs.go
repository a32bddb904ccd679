//go:build linux || !linux

// Package stubs has marked functions whose signatures are hard to copy.
package stubs

import (
	"bytes"
	. "io"
	str "strings"
	_ "time"

	"github.com/goasync/goasync/rt"
)

// Names that the stub could use for itself.
type (
	panic   int
	Async   struct{}
	buffer  = *bytes.Buffer
	awaits  = rt.Awaitable[int]
	goasync string
)

// async
func shadow(int string, string int, bytes *bytes.Buffer, rt rt.Awaitable[int]) (b *str.Builder, err error) {
	return nil, nil
}

var _ func(string, int, *bytes.Buffer, rt.Awaitable[int]) rt.Awaitable[*str.Builder] = shadowAsync

// async
func dot(r Reader, more ...Writer) error { return nil }

var _ func(Reader, ...Writer) rt.Awaitable[struct{}] = dotAsync

// async
func unnamed(int, struct {
	a, b int // of two
	c    string
}) (
	_, _ panic, // both
	_ error,
) {
	return 0, 0, nil
}

var _ func(int, struct {
	a, b int
	c    string
}) rt.Awaitable[rt.Pair[panic, panic]] = unnamedAsync

// async
func three[rt any, E ~[]rt](e E) (a rt, b map[string]E, c func(rt) error, err error) { return }

var _ func([]int) rt.Awaitable[rt.Triple[int, map[string][]int, func(int) error]] = threeAsync[int, []int]

type pair[K comparable, V any] struct {
	k K
	v V
}

// async
func (p pair[A, _]) key(Async, buffer, awaits, goasync) (A, error) { return p.k, nil }

var _ func(Async, buffer, awaits, goasync) rt.Awaitable[int] = pair[int, string]{}.keyAsync

// async
func (*pair[K, V]) none() error { return nil }

var _ func() rt.Awaitable[struct{}] = (*pair[int, string])(nil).noneAsync

// async
func count(a, b int, yield rt.Yield[int, str.Builder], c ...string) error { return nil }

var _ func(a, b int, c ...string) *rt.Generator[int, str.Builder, struct{}] = countAsync

// async
func spelled(yield func(v []int) (got Async, err error)) (int, string, error) { return 0, "", nil }

var _ func() *rt.Generator[[]int, Async, rt.Pair[int, string]] = spelledAsync

//async:twin Twin
func Plain() error { return nil }

var _ func() rt.Awaitable[struct{}] = Twin

// async
func mutual() error { return rt.Await0(mutual2()) }
