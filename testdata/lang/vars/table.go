package vars

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("vars.BoxedOperators", BoxedOperators, BoxedOperatorsAsync),
	harness.New("vars.BoxedRecursive", BoxedRecursive, BoxedRecursiveAsync),
	harness.New("vars.BoxedHeaders", BoxedHeaders, BoxedHeadersAsync),
	harness.New2("vars.BoxedResults", BoxedResults, BoxedResultsAsync),
	harness.New("vars.BoxedTypes", BoxedTypes, BoxedTypesAsync),
	harness.New("vars.LocalCommaOk", LocalCommaOk, LocalCommaOkAsync),
	harness.New("vars.LocalUnused", LocalUnused, LocalUnusedAsync),
	harness.New("vars.LocalSwaps", LocalSwaps, LocalSwapsAsync),
	harness.New("vars.LocalConstants", LocalConstants, LocalConstantsAsync),
	harness.New("vars.LocalConstantOf", LocalConstantOf, LocalConstantOfAsync),
	harness.New("vars.LocalDead", LocalDead, LocalDeadAsync),
	harness.New("vars.LocalDeclarations", LocalDeclarations, LocalDeclarationsAsync),
	harness.New("vars.LocalConversions", LocalConversions, LocalConversionsAsync),
	harness.New("vars.LocalTypes", LocalTypes, LocalTypesAsync),
	harness.New("vars.NamesOurs", NamesOurs, NamesOursAsync),
	harness.New("vars.NamesImports", NamesImports, NamesImportsAsync),
	harness.New("vars.NamesParameters", NamesParameters, NamesParametersAsync),
	harness.New("vars.NamesReceivers", NamesReceivers, NamesReceiversAsync),
	harness.New("vars.ShadowMixed", ShadowMixed, ShadowMixedAsync),
	harness.New("vars.ShadowParameters", ShadowParameters, ShadowParametersAsync),
	harness.New("vars.ShadowSelf", ShadowSelf, ShadowSelfAsync),
	harness.New("vars.ShadowTypes", ShadowTypes, ShadowTypesAsync),
	harness.New("vars.ShadowPackage", ShadowPackage, ShadowPackageAsync),
	harness.New("vars.ShadowNumbered", ShadowNumbered, ShadowNumberedAsync),
	harness.New("vars.SharedPointers", SharedPointers, SharedPointersAsync),
	harness.New("vars.SharedMethods", SharedMethods, SharedMethodsAsync),
	harness.New("vars.SharedClosures", SharedClosures, SharedClosuresAsync),
	harness.New("vars.SharedParameters", SharedParameters, SharedParametersAsync),
	harness.New("vars.SharedDeferred", SharedDeferred, SharedDeferredAsync),
	harness.New("vars.SharedBranches", SharedBranches, SharedBranchesAsync),
	harness.New("vars.SharedArrays", SharedArrays, SharedArraysAsync),
	harness.New("vars.SharedGoroutines", SharedGoroutines, SharedGoroutinesAsync),
}
