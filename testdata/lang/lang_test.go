// Package lang runs the language suite.
package lang

import (
	"testing"

	"github.com/goasync/goasync/testdata/lang/calls"
	"github.com/goasync/goasync/testdata/lang/flow"
	"github.com/goasync/goasync/testdata/lang/harness"
	"github.com/goasync/goasync/testdata/lang/vars"
)

// TestPrograms runs every program in both forms under every script.
func TestPrograms(t *testing.T) {
	for _, list := range [][]harness.Program{calls.Programs, flow.Programs, vars.Programs} {
		for _, p := range list {
			t.Run(p.Name, func(t *testing.T) { harness.Test(t, p) })
		}
	}
}
