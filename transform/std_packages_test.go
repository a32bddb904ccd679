package transform

import "strings"

// A stdCase is a package of the standard library, and what of it is left out.
type stdCase struct {
	path  string
	quick bool              // belongs to the sample that runs always
	plain map[string]string // functions that are not converted, and why
	files map[string]string // test files that are not copied, and why
	skip  map[string]string // tests that are not run, and why
}

// Causes that several tests have in common.
const (
	mixesTypes     = "gives a package that uses the original a value of the copy's types"
	callsIntrinsic = "calls an intrinsic of gc's, which only takes a variable"
	printsLine     = "looks for the line of a caller, which is not on the stack"
	countsExact    = "wants so many allocations and no fewer"
)

// bigKernels are the innermost loops of math/big, which its tests call with
// all there is: millions of times.
var bigKernels = func() map[string]string {
	causes := map[string]string{}
	for _, name := range strings.Fields("mulWW mulAddWWW_g addVV_g subVV_g addVW addVW_ref subVW subVW_ref lshVU_g rshVU_g mulAddVWW_g " +
		"addMulVVWW_g divWW addVV subVV lshVU rshVU mulAddVWW addMulVVWW") {
		causes[name] = "is an innermost loop, which is called millions of times"
	}
	return causes
}()

// stdCases are the packages that are converted and tested. TestStdBuild
// converts the others, too, and compiles them. Tests cannot be run of
//
//   - io, whose EOF would not be the one that readers of other packages return;
//   - go/ast, go/types, io/fs, debug/dwarf, unicode, crypto/cipher, crypto/rsa and
//     internal/trace, nearly all of which have another package make values of the
//     original's types;
//   - what shares secrets with the runtime: sync, reflect, os, time, net, unique,
//     runtime/pprof, internal/poll, internal/godebug.
var stdCases = []stdCase{
	{path: "sort"},
	{path: "container/heap", quick: true},
	{path: "container/list"},
	{path: "container/ring"},
	{path: "text/tabwriter"},
	{path: "encoding/csv", quick: true},
	{path: "text/template/parse"},
	{path: "internal/strconv"},
	{path: "strconv"},
	{path: "strings", skip: map[string]string{"TestBuilderGrow": countsExact, "TestBuilderAllocs": countsExact}},
	{path: "bytes"},
	{path: "bufio", skip: map[string]string{"TestReadStringAllocs": countsExact}},
	{path: "slices", skip: map[string]string{"TestGrow": countsExact}},
	{path: "maps"},
	{path: "path"},
	{path: "path/filepath"},
	{path: "unicode/utf8"},
	{path: "unicode/utf16"},
	{path: "net/url"},
	{path: "html"},
	{path: "mime"},
	{path: "mime/quotedprintable"},
	{path: "mime/multipart"},
	{path: "net/mail"},
	{path: "net/netip", skip: map[string]string{"TestAddrStringAllocs": countsExact}},
	{path: "net/textproto"},
	{path: "encoding/json"},
	{path: "encoding/xml"},
	{path: "encoding/gob", skip: map[string]string{
		"TestRegistrationNaming": "wants the original's import path",
		"TestLargeSlice":         "decodes twenty million elements, one by one: a minute",
	}},
	{path: "encoding/binary"},
	{path: "encoding/asn1", skip: map[string]string{
		"TestParsingMemoryConsumption":    "measures memory",
		"TestUnmarshalNestingLimitSlice":  "asks for lengths ten thousand levels deep at each level: minutes",
		"TestUnmarshalNestingLimitStruct": "the same",
	}},
	{path: "encoding/pem"},
	{path: "encoding/hex"},
	{path: "encoding/base64"},
	{path: "encoding/base32"},
	{path: "encoding/ascii85"},
	{path: "regexp/syntax"},
	{path: "regexp"},
	{path: "text/scanner"},
	{path: "text/template"},
	{path: "html/template"},
	{path: "go/scanner"},
	{path: "go/token", files: map[string]string{"example_test.go": mixesTypes}},
	{path: "go/parser", files: map[string]string{
		"performance_test.go": "reads the source of a package beside it",
		"resolver_test.go":    "uses the former",
	}},
	{path: "go/printer"},
	{path: "go/format"},
	{path: "go/constant"},
	{path: "go/doc/comment"},
	{path: "go/doc"},
	{path: "go/build/constraint"},
	{path: "go/version"},
	{path: "archive/tar"},
	{path: "archive/zip"},
	{path: "compress/flate"},
	{path: "compress/bzip2"},
	{path: "compress/lzw"},
	{path: "compress/gzip"},
	{path: "compress/zlib"},
	{path: "index/suffixarray"},
	{path: "hash/fnv"},
	{path: "hash/adler32"},
	{path: "hash/crc32"},
	{path: "hash/crc64"},
	{path: "hash/maphash", plain: map[string]string{
		"Comparable":      callsIntrinsic,
		"WriteComparable": callsIntrinsic,
	}},
	{path: "math/big", plain: bigKernels, files: map[string]string{"alias_test.go": mixesTypes}, skip: map[string]string{
		"TestEscape":        "asks gc what escapes",
		"TestMulUnbalanced": "measures memory",
	}},
	{path: "math/cmplx"},
	{path: "math/rand"},
	{path: "image", files: map[string]string{"decode_test.go": mixesTypes, "decode_example_test.go": mixesTypes}},
	{path: "image/color"},
	{path: "image/draw"},
	{path: "image/png"},
	{path: "image/gif"},
	{path: "image/jpeg"},
	{path: "fmt"},
	{path: "errors"},
	{path: "log", quick: true, skip: map[string]string{"TestAll": printsLine, "ExampleLogger": printsLine, "ExampleLogger_Output": printsLine}},
	{path: "flag", skip: map[string]string{"TestDefineAfterSet": printsLine}},
	{path: "testing/fstest"},
	{path: "testing/quick"},
	{path: "database/sql"},
	{path: "net/rpc"},
	{path: "net/smtp"},
	{path: "net/http/cookiejar"},
	{path: "log/slog/internal/buffer"},
	{path: "log/slog/internal/benchmarks"},
	{path: "expvar"},
	{path: "debug/elf"},
	{path: "debug/macho"},
	{path: "debug/pe"},
	{path: "debug/gosym"},
	{path: "debug/plan9obj"},
	{path: "debug/buildinfo"},
	{path: "internal/zstd"},
	{path: "internal/profile"},
	{path: "internal/xcoff"},
	{path: "internal/diff"},
	{path: "internal/dag"},
	{path: "internal/saferio"},
	{path: "internal/coverage/slicewriter"},
	{path: "internal/coverage/cformat"},
	{path: "internal/gover"},
	{path: "internal/buildcfg"},
	{path: "internal/pkgbits"},
	{path: "internal/platform"},
	{path: "internal/sysinfo"},
	{path: "crypto/des"},
	{path: "crypto/rc4"},
	{path: "crypto/md5"},
	{path: "crypto/sha1"},
	{path: "crypto/internal/fips140/bigmod"},
	{path: "crypto/internal/fips140/edwards25519"},
	{path: "crypto/internal/fips140/edwards25519/field"},
	{path: "crypto/internal/fips140/nistec/fiat"},
	{path: "crypto/internal/fips140/mlkem"},
	{path: "crypto/elliptic"},
	{path: "crypto/dsa"},
	{path: "crypto/pbkdf2"},
	{path: "crypto/hkdf"},
	{path: "math/rand/v2"},
	{path: "math/bits"},
	{path: "math"},
	{path: "context"},
	{path: "net/http/internal"},
	{path: "net/http/internal/ascii"},
	{path: "go/internal/gcimporter"},
	{path: "internal/cgrouptest"},
	{path: "internal/singleflight"},
	{path: "net/http/fcgi"},
	{path: "net/http/pprof"},
	{path: "iter"},
	{path: "testing/iotest"},
	{path: "log/slog", files: map[string]string{"slogtest_test.go": mixesTypes}, skip: map[string]string{
		"TestJSONAndTextHandlers/Source": "wants the original's import path",
		"TestJSONAllocs":                 countsExact,
		"TestConnections":                printsLine,
		"TestCallDepth":                  printsLine,
		"TestPanics":                     printsLine,
		"TestLogValue":                   printsLine,
		"TestAlloc":                      countsExact,
		"TestRecordSource":               "wants the original's import path",
	}},
	{path: "go/build", skip: map[string]string{
		"TestLocalDirectory":             "wants the original's import path",
		"TestImportPackageOutsideModule": "wants a message that the copies' module changes",
	}},
	{path: "net/http/httptest"},
	{path: "net/http/cgi"},
	{path: "crypto/ed25519"},
	{path: "crypto/ecdh"},
	{path: "crypto/sha512"},
	{path: "crypto/sha3"},
	{path: "crypto/hpke"},
	{path: "net/http/httputil"},
	{path: "os/user"},
	{path: "go/importer"},
	{path: "crypto/ecdsa", skip: map[string]string{"TestEqual": mixesTypes}},
	{path: "crypto/x509", files: map[string]string{"hybrid_pool_test.go": mixesTypes}},
	{path: "crypto/tls", files: map[string]string{"example_test.go": mixesTypes}},
}
