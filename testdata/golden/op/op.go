// Package op has the operations that the golden programs await. Each lets
// other tasks run once before it completes.
package op

import (
	"errors"

	"github.com/goasync/goasync/rt"
)

// ErrNegative is what Get returns for a negative number.
var ErrNegative = errors.New("negative")

// Get returns v, or ErrNegative.
func Get(v int) (int, error) {
	if err := rt.YieldNow(); err != nil {
		return 0, err
	}
	return get(v)
}

func get(v int) (int, error) {
	if v < 0 {
		return 0, ErrNegative
	}
	return v, nil
}

// GetAsync is the async form of Get.
func GetAsync(v int) rt.Awaitable[int] { return &GetOp{v: v} }

// GetOp is a call of GetAsync for embedding.
type GetOp struct {
	rt.YieldNowOp
	v int
}

// Init makes op a call of Get with v.
func (op *GetOp) Init(v int) {
	op.YieldNowOp.Init()
	op.v = v
}

// Result is what Get returned.
func (op *GetOp) Result() (int, error) {
	if _, err := op.YieldNowOp.Result(); err != nil {
		return 0, err
	}
	return get(op.v)
}

// Do has no result.
func Do() error { return rt.YieldNow() }

// DoAsync is the async form of Do.
func DoAsync() rt.Awaitable[struct{}] { return rt.YieldNowAsync() }

// DoOp is a call of DoAsync for embedding.
type DoOp = rt.YieldNowOp
