package algo

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("algo.SearchBinary", SearchBinary, SearchBinaryAsync),
	harness.New("algo.SearchNested", SearchNested, SearchNestedAsync),
	harness.New("algo.SearchTwoWays", SearchTwoWays, SearchTwoWaysAsync),
	harness.New("algo.SortInsertion", SortInsertion, SortInsertionAsync),
	harness.New("algo.SortQuick", SortQuick, SortQuickAsync),
	harness.New("algo.SortMerged", SortMerged, SortMergedAsync),
	harness.New("algo.Sieve", Sieve, SieveAsync),
	harness.New("algo.MatrixProduct", MatrixProduct, MatrixProductAsync),
	harness.New("algo.MatrixSpiral", MatrixSpiral, MatrixSpiralAsync),
	harness.New("algo.TableDynamic", TableDynamic, TableDynamicAsync),
	harness.New("algo.TableMemo", TableMemo, TableMemoAsync),
	harness.New("algo.TableLife", TableLife, TableLifeAsync),
	harness.New("algo.TableQueens", TableQueens, TableQueensAsync),
	harness.New("algo.TableKnapsack", TableKnapsack, TableKnapsackAsync),
	harness.New("algo.WalkDepth", WalkDepth, WalkDepthAsync),
	harness.New("algo.WalkStack", WalkStack, WalkStackAsync),
	harness.New("algo.WalkPulled", WalkPulled, WalkPulledAsync),
	harness.New("algo.WalkGraph", WalkGraph, WalkGraphAsync),
	harness.New("algo.WalkBreadth", WalkBreadth, WalkBreadthAsync),
	harness.New("algo.Permute", Permute, PermuteAsync),
}
