package main

import (
	"io"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/programs"
)

func TestDemo(t *testing.T) {
	programs.Check(t,
		"5 sessions, at most 5 at a time: 0 without a target, 0 idle, 0 cut off, 0 broken; 1000000 bytes up, 1000000 down\n",
		func(w io.Writer) error { return rt.Run0(func() error { return runDemo(w, 5, 200_000) }) },
		func(w io.Writer) error { return rt.RunAsync0(runDemoAsync(w, 5, 200_000)) })
}
