package raft

import (
	"bytes"
	"io"
	"testing"
	"testing/synctest"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"github.com/goasync/goasync/testdata/programs"
)

const want = `562ms: node 3, leader of term 2, has a
585ms: node 3, leader of term 2, has b
903ms: node 1, leader of term 3, has c
1.215s: node 4, leader of term 5, has d
1.303s: node 4, leader of term 5, has e
0 [{2 a} {2 b} {3 c} {5 d} {5 e}]
1 [{2 a} {2 b} {3 c} {5 d} {5 e}]
2 [{2 a} {2 b} {3 c} {5 d} {5 e}]
3 [{2 a} {2 b} {3 c} {5 d} {5 e}]
4 [{2 a} {2 b} {3 c} {5 d} {5 e}]
`

// The fake clock of package synctest serves both forms.
func Test(t *testing.T) {
	fake := func(f func(io.Writer) error) func(io.Writer) error {
		return func(w io.Writer) (err error) {
			synctest.Test(t, func(*testing.T) { err = f(w) })
			return err
		}
	}
	programs.Check(t, want, fake(Plain), fake(Generated))
}

// That of package rttest serves the generated one.
func TestLoop(t *testing.T) {
	loop, _ := rttest.NewLoop(t)
	var out bytes.Buffer
	_, err := rt.RunUntil(loop, rt.SpawnOn(loop, runAsync(&out)))
	if err != nil || out.String() != want {
		t.Errorf("it printed\n%s%v, want\n%s", out.String(), err, want)
	}
}
