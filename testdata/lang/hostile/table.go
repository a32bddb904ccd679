package hostile

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("hostile.HostileEarly", HostileEarly, HostileEarlyAsync),
	harness.New("hostile.HostilePackage", HostilePackage, HostilePackageAsync),
	harness.New("hostile.HostileTypes", HostileTypes, HostileTypesAsync),
}
