package slots

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("slots.SlotsFields", SlotsFields, SlotsFieldsAsync),
	harness.New("slots.SlotsFieldsInside", SlotsFieldsInside, SlotsFieldsInsideAsync),
	harness.New("slots.SlotsPackage", SlotsPackage, SlotsPackageAsync),
	harness.New("slots.SlotsElements", SlotsElements, SlotsElementsAsync),
	harness.New("slots.SlotsInterfaces", SlotsInterfaces, SlotsInterfacesAsync),
	harness.New("slots.SlotsNursery", SlotsNursery, SlotsNurseryAsync),
	harness.New("slots.SlotsMakers", SlotsMakers, SlotsMakersAsync),
	harness.New("slots.SlotsMakersBefore", SlotsMakersBefore, SlotsMakersBeforeAsync),
	harness.New("slots.SlotsMadeBefore", SlotsMadeBefore, SlotsMadeBeforeAsync),
	harness.New("slots.ParametersReused", ParametersReused, ParametersReusedAsync),
	harness.New("slots.NestedValues", NestedValues, NestedValuesAsync),
	harness.New("slots.NestedConditions", NestedConditions, NestedConditionsAsync),
	harness.New("slots.SlotsParameters", SlotsParameters, SlotsParametersAsync),
	harness.New("slots.SlotsForwards", SlotsForwards, SlotsForwardsAsync),
	harness.New("slots.SlotsVariables", SlotsVariables, SlotsVariablesAsync),
	harness.New("slots.SlotsRecursive", SlotsRecursive, SlotsRecursiveAsync),
	harness.New("slots.SlotsNamed", SlotsNamed, SlotsNamedAsync),
	harness.New("slots.SlotsMethodExpressions", SlotsMethodExpressions, SlotsMethodExpressionsAsync),
}
