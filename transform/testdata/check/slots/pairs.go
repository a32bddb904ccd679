package slots

import "github.com/goasync/goasync/rt"

// A cache has a function that nothing here awaits.
type cache struct {
	load       func(string) (int, error)
	loadAsync  func(string) rt.Awaitable[int]
	alone      func() error
	other      func() error
	otherAsync func() error // of another type than an async form's
}

var (
	onLoad      func() error = plainly // want "onLoad without onLoadAsync, which is what async functions await; set both, and onLoadAsync to nil if no async function is to get there"
	onLoadAsync func() rt.Awaitable[struct{}]

	onSave      func() error = plainly
	onSaveAsync func() rt.Awaitable[struct{}]
)

func init() { onSaveAsync = nothingAsync }

func plainly() error { return nil }

func newCache(load func(string) (int, error), loadAsync func(string) rt.Awaitable[int]) *cache {
	c := &cache{load: load, loadAsync: loadAsync, alone: plainly, other: plainly}
	if load == nil {
		c.load, c.loadAsync = one2, one2Async
	}
	return c
}

// async
func one2(string) (int, error) { return 1, nil }

func halves(load func(string) (int, error)) []*cache {
	c := &cache{}
	c.load = load // want "c.load without c.loadAsync, which is what async functions await; set both, and c.loadAsync to nil if no async function is to get there"
	return []*cache{
		c,
		{load: load}, // want "load without loadAsync, which is what async functions await; set both, and loadAsync to nil if no async function is to get there"
		{load: load, loadAsync: nil},
		{load: nil},
	}
}

func later(load func(string) (int, error)) *cache {
	c := &cache{load: load}
	c.loadAsync = one2Async
	return c
}

func option(load func(string) (int, error)) func(*cache) {
	return func(c *cache) { c.load = load } // want "c.load without c.loadAsync, which is what async functions await; set both, and c.loadAsync to nil if no async function is to get there"
}
