package local

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("local.Generic", Generic, GenericAsync),
	harness.New("local.GenericLocal", GenericLocal, GenericLocalAsync),
	harness.New("local.LitsTypes", LitsTypes, LitsTypesAsync),
	harness.New("local.LitsNested", LitsNested, LitsNestedAsync),
	harness.New("local.LitsConstants", LitsConstants, LitsConstantsAsync),
	harness.New("local.LitsDeferred", LitsDeferred, LitsDeferredAsync),
	harness.New("local.LitsNative", LitsNative, LitsNativeAsync),
	harness.New("local.LitsCaptured", LitsCaptured, LitsCapturedAsync),
	harness.New("local.MakersTypes", MakersTypes, MakersTypesAsync),
	harness.New("local.MoreParams", MoreParams, MoreParamsAsync),
	harness.New("local.MoreBlank", MoreBlank, MoreBlankAsync),
	harness.New("local.MoreOthers", MoreOthers, MoreOthersAsync),
	harness.New("local.MoreFunctions", MoreFunctions, MoreFunctionsAsync),
	harness.New("local.MoreEmbedded", MoreEmbedded, MoreEmbeddedAsync),
	harness.New("local.MoreSlots", MoreSlots, MoreSlotsAsync),
	harness.New("local.MoreGivesWay", MoreGivesWay, MoreGivesWayAsync),
	harness.New("local.NamesPredeclared", NamesPredeclared, NamesPredeclaredAsync),
	harness.New("local.NamesOurs", NamesOurs, NamesOursAsync),
	harness.New("local.NamesHidden", NamesHidden, NamesHiddenAsync),
	harness.New("local.NamesParameter", NamesParameter, NamesParameterAsync),
	harness.New("local.NamesLabels", NamesLabels, NamesLabelsAsync),
	harness.New("local.NamesMethods", NamesMethods, NamesMethodsAsync),
	harness.New("local.NamesConstants", NamesConstants, NamesConstantsAsync),
	harness.New("local.TypesFields", TypesFields, TypesFieldsAsync),
	harness.New("local.TypesRecursive", TypesRecursive, TypesRecursiveAsync),
	harness.New("local.TypesShadowed", TypesShadowed, TypesShadowedAsync),
	harness.New("local.TypesSame", TypesSame, TypesSameAsync),
	harness.New("local.TypesAliases", TypesAliases, TypesAliasesAsync),
	harness.New("local.TypesInterfaces", TypesInterfaces, TypesInterfacesAsync),
	harness.New("local.TypesSwitch", TypesSwitch, TypesSwitchAsync),
	harness.New("local.TypesArguments", TypesArguments, TypesArgumentsAsync),
}
