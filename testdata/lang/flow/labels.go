package flow

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// LabelSwitches breaks out of nested switches by name.
//
// async
func LabelSwitches(w *harness.World) (string, error) {
	out := ""
	for i := range 3 {
	block:
		switch {
		default:
			if i == 0 {
				break block
			}
		inner:
			switch {
			default:
				v, err := rt.Await(w.Get(i))
				if err != nil {
					break block
				}
				if v == 1 {
					break inner
				}
				out += "2"
			}
			out += "i"
		}
		out += "b"
	}
	return out, nil
}

// LabelNative has native loops whose jumps leave to a flattened one.
//
// async
func LabelNative(w *harness.World) (string, error) {
	out := ""
outer:
	for i := range 6 {
		for _, x := range []int{1, 2, 3} {
			select {
			default:
				if x == 2 && i == 0 {
					continue outer
				}
			}
			switch {
			case x == 3 && i == 1:
				break outer
			case i == 2:
				break
			default:
				continue
			}
			out += "s"
		}
		if i%2 == 0 {
			out += "e"
			continue
		}
		for k := range map[int]int{1: 1} {
			if k == 1 && i == 5 {
				break outer
			}
		}
		if _, err := rt.Await(w.Get(i)); err != nil {
			out += "?"
			continue outer
		}
	}
	return out, nil
}

// LabelGoto has gotos inside statements without an await.
//
// async
func LabelGoto(w *harness.World) (n int, err error) {
	for i := range 3 {
		if i < 2 {
			j := 0
		again:
			n += i
			j++
			if j < 3 {
				goto again
			}
			if i == 1 {
				goto done
			}
			n += 1000
		done:
		}
		if _, err = rt.Await(w.Get(n)); err != nil {
			n = -n
		}
	}
	{
		goto skip
	skip:
	}
	return
}

// LabelShadow uses one label name as a variable and a function too.
//
// async
func LabelShadow(w *harness.World) (int, error) {
	l := 0
l:
	for {
		l++
		if _, err := rt.Await(w.Get(l)); err != nil {
			break l
		}
		if l < 3 {
			continue l
		}
		break
	}
	return l, nil
}

// LabelNames has labels with the names of generated ones.
//
// async
func LabelNames(w *harness.World) (n int, err error) {
await1:
	for i := range 2 {
	for1:
		for j := range 3 {
			if j == 1 {
				continue for1
			}
			if i == 1 {
				continue await1
			}
			n++
		}
	}
next1:
	for i := range 3 {
		if _, err := rt.Await(w.Get(i)); err != nil {
			continue next1
		}
	end1:
		for {
			for range 2 {
				n += 100
				if n > 300 {
					break end1
				}
				continue next1
			}
		}
	}
await2:
	for i := 0; i < 3; i++ {
		for {
			n++
			continue await2
		}
	}
	_, err = rt.Await(w.Get(2))
	return n, err
}
