// Package other returns values whose types its users cannot name.
package other

import "github.com/goasync/goasync/transform/testdata/check/other/internal/inner"

type hidden struct{ N int }

func Hidden() hidden { return hidden{1} }

func Inner() inner.T { return inner.T{N: 1} }
