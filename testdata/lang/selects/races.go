package selects

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// RaceMirrors asks several mirrors, in a literal, a function and a method, until the first answers.
//
// async
func RaceMirrors(w *harness.World) (string, error) {
	far := &mirror{w, "far"}
	tries := 0
	answer, err := rt.Await(rt.Race(
		far.ask,
		func() (string, error) {
			tries++
			v, err := rt.Await(w.Get(tries))
			if err != nil {
				return "", fmt.Errorf("literal: %w", err)
			}
			return fmt.Sprint("literal", v), nil
		},
		func() (string, error) { return rt.Await(w.Text("near")) },
	))
	w.Trace("answer", answer, tries, harness.Show(err))
	if err := rt.Await0(rt.Race0(func() error { return rt.Await0(w.Do("last")) })); err != nil {
		return answer, err
	}
	return answer, err
}

type mirror struct {
	w    *harness.World
	name string
}

// async
func (m *mirror) ask() (string, error) {
	defer func() { m.w.Trace("asked", m.name) }()
	for range 2 {
		if err := rt.Await0(m.w.Do(m.name)); err != nil {
			return "", err
		}
	}
	return m.name, nil
}
