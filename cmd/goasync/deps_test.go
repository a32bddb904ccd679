package main

import (
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"testing"
)

// dependencies are the modules that this one may require directly, each with its reason. Another one is a decision, not a
// convenience: who uses package rt or poll gets it, too.
var dependencies = map[string]string{
	"github.com/dave/jennifer": "builds the import block and the declarations of generated files",
	"golang.org/x/net":         "tests alone: what is asked of a net.Conn (nettest)",
	"golang.org/x/sys":         "the system calls of package poll",
	"golang.org/x/tools":       "loads and type-checks the packages that are compiled",
}

func TestDirectDependencies(t *testing.T) {
	out, err := exec.Command("go", "mod", "edit", "-json", "../../go.mod").Output()
	if err != nil {
		t.Fatalf("go mod edit: %v", err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Replace []json.RawMessage
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range mod.Require {
		if !r.Indirect {
			got = append(got, r.Path)
		}
	}
	slices.Sort(got)
	if want := slices.Sorted(maps.Keys(dependencies)); !slices.Equal(got, want) {
		t.Errorf("go.mod requires\n%q directly, want\n%q", got, want)
	}
	if len(mod.Replace) > 0 {
		t.Errorf("go.mod replaces modules, which does not hold for who requires this one: %s", mod.Replace)
	}
}
