package middle

import (
	"testing"

	"github.com/goasync/goasync/testdata/programs"
)

func Test(t *testing.T) {
	programs.Check(t, `try 1: bread -> "busy", bread: temporary
try 2: bread -> "bread for the 2. time", <nil>
call 1: bread -> "bread for the 2. time", <nil>
call 3: bread -> "bread for the 2. time", <nil>
try 3: wine -> "busy", wine: temporary
try 4: wine -> "wine for the 2. time", <nil>
call 2: wine -> "wine for the 2. time", <nil>
call 4: wine -> "wine for the 2. time", <nil>
wine for the 2. time on 3 connections
late 1: sleep -> "", rt: timed out after 1ms
late 2: sleep -> "", rt: timed out after 1ms
true on 4 connections
`, Plain, Generated)
}
