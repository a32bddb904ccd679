package shop

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("shop.ShopCalls", ShopCalls, ShopCallsAsync),
	harness.NewGen("shop.ShopYields", ShopYields, ShopYieldsAsync),
	harness.NewIter2("shop.ShopIterates", ShopIterates, ShopIteratesAsync),
	harness.New("shop.ShopRanges", ShopRanges, ShopRangesAsync),
	harness.New("shop.ShopDelivers", ShopDelivers, ShopDeliversAsync),
	harness.New("shop.ShopFills", ShopFills, ShopFillsAsync),
}
