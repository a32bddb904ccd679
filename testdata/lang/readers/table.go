package readers

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
	harness.New("readers.ReadFull", ReadFull, ReadFullAsync),
	harness.New("readers.ReadVarints", ReadVarints, ReadVarintsAsync),
	harness.New("readers.ReadFrames", ReadFrames, ReadFramesAsync),
	harness.New("readers.ReadChunked", ReadChunked, ReadChunkedAsync),
	harness.New("readers.ReadEscapes", ReadEscapes, ReadEscapesAsync),
	harness.New("readers.ScanTokens", ScanTokens, ScanTokensAsync),
	harness.New("readers.ParseExpressions", ParseExpressions, ParseExpressionsAsync),
	harness.New("readers.ReadLines", ReadLines, ReadLinesAsync),
	harness.New("readers.ReadHeaders", ReadHeaders, ReadHeadersAsync),
	harness.New("readers.ReadConfig", ReadConfig, ReadConfigAsync),
	harness.New("readers.ReadTemplate", ReadTemplate, ReadTemplateAsync),
}
