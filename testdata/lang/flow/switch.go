package flow

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// SwitchOrder compares cases in order, as far as needed, default in the middle.
//
// async
func SwitchOrder(w *harness.World) (string, error) {
	out := ""
	for i := range 5 {
		switch w.Int("tag", i) {
		case w.Int("a", 0), w.Int("b", 1):
			s, err := rt.Await(w.Text("ab"))
			if err != nil {
				break
			}
			out += s
		default:
			if err := rt.Await0(w.Do("default")); err != nil {
				return out, err
			}
			out += "-"
		case w.Int("c", 3):
			out += "c"
		}
	}
	return out, nil
}

// SwitchFall falls through, into default and past awaits.
//
// async
func SwitchFall(w *harness.World) (string, error) {
	out := ""
	for i := range 4 {
		switch i {
		case 0:
			out += "0"
			fallthrough
		case 1:
			if err := rt.Await0(w.Do("one")); err != nil {
				out += "!"
			}
			fallthrough
		default:
			out += "d"
			if i == 3 {
				break
			}
			if err := rt.Await0(w.Do("default")); err != nil {
				out += "?"
				continue
			}
			out += "e"
		case 2:
			out += "2"
			fallthrough
		case 9:
			out += "9"
		}
		out += ";"
	}
	return out, nil
}

// SwitchTrue has no tag, and an init statement that awaits.
//
// async
func SwitchTrue(w *harness.World) (string, error) {
	switch v, err := rt.Await(w.Get(3)); {
	case err != nil:
		w.Err("get", err)
		if err := rt.Await0(w.Do("retry")); err != nil {
			return "failed", err
		}
		return "retried", nil
	case v > 2 && w.Bool("large", true):
		v := v + 1
		s, err := rt.Await(w.Text("large"))
		w.Trace("v", v)
		return s, err
	case v > 1:
		return "never", nil
	}
	return "end", nil
}

// SwitchScopes declares the same name in each clause.
//
// async
func SwitchScopes(w *harness.World) (string, error) {
	for i := range 3 {
		switch x := i * 2; x {
		case 0:
			x := "zero"
			if err := rt.Await0(w.Do(x)); err != nil {
				x = "?"
			}
			w.Trace("x", x)
		case 2:
			x := []int{x}
			if err := rt.Await0(w.Do("two")); err != nil {
				x = nil
			}
			w.Trace("x", x)
		default:
			if err := rt.Await0(w.Do("other")); err != nil {
				x = -1
			}
			w.Trace("x", x)
		}
	}
	return "", nil
}

// SwitchNative awaits in its init alone.
//
// async
func SwitchNative(w *harness.World) (string, error) {
	for i := range 3 {
		switch v, err := rt.Await(w.Get(i)); {
		case err != nil:
			return "", err
		case v == 1:
			continue
		case v == 2:
			break
		default:
			w.Trace("zero")
			fallthrough
		case v == 77:
			w.Trace("fell")
		}
		w.Trace("after", i)
	}
	return "end", nil
}

// SwitchEmpty has clauses without statements, and none at all.
//
// async
func SwitchEmpty(w *harness.World) (err error) {
	switch _, err := rt.Await(w.Get(1)); err {
	}
	switch err := rt.Await0(w.Do("x")); {
	case err == nil:
	default:
		_, err = rt.Await(w.Get(2))
		return err
	}
	switch {
	case w.Bool("never", false):
	default:
		_, err = rt.Await(w.Get(3))
	case w.Bool("always", true):
	}
	return err
}

// SwitchConversions compares interfaces and constants of several types.
//
// async
func SwitchConversions(w *harness.World) (string, error) {
	out := ""
	for _, v := range []any{1, "1", int8(1), nil, 1.0, small(1)} {
		switch v {
		case 1:
			if err := rt.Await0(w.Do("int")); err != nil {
				out += "!"
			}
			out += "i"
		case "1":
			out += "s"
		case small(1):
			if err := rt.Await0(w.Do("small")); err != nil {
				out += "!"
			}
			out += "m"
		case nil:
			out += "n"
		case 1.0:
			out += "f"
		default:
			out += "d"
		}
	}
	return out, nil
}

// SwitchReturns ends in every clause.
//
// async
func SwitchReturns(w *harness.World) (int, error) {
	v, err := rt.Await(w.Get(1))
	switch {
	case err != nil:
		return 0, err
	case v == 1:
		v, err := rt.Await(w.Get(11))
		return v, err
	default:
		panic("never")
	}
}

// SwitchLabel is broken out of by name, from a loop in it.
//
// async
func SwitchLabel(w *harness.World) (string, error) {
	out := ""
again:
	for i := 0; ; i++ {
	choose:
		switch {
		case i < 3:
			for j := 0; ; j++ {
				v, err := rt.Await(w.Get(j))
				if err != nil {
					break again
				}
				if v == i {
					break choose
				}
				if v == 2 {
					continue again
				}
				out += "."
			}
		default:
			break again
		}
		out += ";"
	}
	return out, nil
}
