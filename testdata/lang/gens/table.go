package gens

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.NewGen("gens.Generic", Generic, GenericAsync),
	harness.NewGen("gens.LastUses", LastUses, LastUsesAsync),
	harness.NewGen("gens.Count", Count, CountAsync),
	harness.NewGen("gens.Stubborn", Stubborn, StubbornAsync),
	harness.NewGen("gens.Delegates", Delegates, DelegatesAsync),
	harness.NewGen("gens.Panics", Panics, PanicsAsync),
	harness.NewGen("gens.Never", Never, NeverAsync),
	harness.NewGen("gens.Shadowed", Shadowed, ShadowedAsync),
}
