package kinds

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("kinds.GenericFunctions", GenericFunctions, GenericFunctionsAsync),
	harness.New("kinds.GenericTypes", GenericTypes, GenericTypesAsync),
	harness.New("kinds.MethodsInterfaces", MethodsInterfaces, MethodsInterfacesAsync),
	harness.New("kinds.MethodsReceivers", MethodsReceivers, MethodsReceiversAsync),
	harness.New("kinds.MethodsMoved", MethodsMoved, MethodsMovedAsync),
	harness.New("kinds.MethodsNil", MethodsNil, MethodsNilAsync),
	harness.New("kinds.MethodsPromoted", MethodsPromoted, MethodsPromotedAsync),
	harness.New("kinds.ParamsArrays", ParamsArrays, ParamsArraysAsync),
	harness.New("kinds.ParamsPointers", ParamsPointers, ParamsPointersAsync),
	harness.New("kinds.ParamsYields", ParamsYields, ParamsYieldsAsync),
}
