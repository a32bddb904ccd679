package transform

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var (
	campaign  = flag.Duration("random.for", 0, "run random programs for so long")
	seed      = flag.Uint64("random.seed", 1, "the seed of the first random program")
	saveDir   = flag.String("random.save", "", "where to write programs that fail")
	shrinking = flag.Duration("random.shrink", 20*time.Second, "how long a program that fails is made smaller")
	dump      = flag.Bool("random.dump", false, "print the programs")
)

// perBatch is how many programs are compiled at once.
const perBatch = 40

// stream makes the bytes of a program's seed.
func stream(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	data := make([]byte, 4096)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

func seeded(from uint64, count int) (sources []string) {
	for i := range count {
		sources = append(sources, program(stream(from+uint64(i)), packageName(i)))
	}
	return sources
}

// TestRandomPrograms compares both forms of programs with fixed seeds, or,
// with -random.for, of as many as there is time for:
//
//	go test ./transform -run TestRandomPrograms -random.for=10m -random.seed=1000 -timeout 0
func TestRandomPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles and runs a module")
	}
	b := newBatch(t)
	from, programs := *seed, 0
	for start := time.Now(); ; {
		count := perBatch
		if *campaign == 0 {
			count = 12
		}
		sources := seeded(from, count)
		if *dump {
			for _, src := range sources {
				t.Log(src)
			}
		}
		for i, v := range b.run(sources, programs%(4*perBatch) == 0) {
			if v.kind != "" {
				failed(t, b, from+uint64(i), sources[i], v)
			}
		}
		from += uint64(count)
		programs += count
		if time.Since(start) >= *campaign {
			break
		}
	}
	t.Logf("%d programs, %d scripts", programs, b.scripts)
}

// failed reports what came of a program: at once, since making it smaller
// takes a while, and then the smaller one.
func failed(t *testing.T, b *batch, seed uint64, src string, v verdict) {
	t.Errorf("seed %d: %s\n%s", seed, v.kind, v.detail)
	fmt.Fprintf(os.Stderr, "random program with seed %d: %s\n%s\n", seed, v.kind, v.detail)
	if *saveDir != "" {
		name := filepath.Join(*saveDir, fmt.Sprintf("%s-%d.go", v.kind, seed))
		os.WriteFile(name, []byte(src+"\n/*\n"+v.detail+"\n*/\n"), 0o644)
	}
	limit := *shrinking
	if end, ok := t.Deadline(); ok {
		limit = min(limit, time.Until(end)/4)
	}
	src, v = b.shrink(src, v, limit)
	t.Logf("%s\n%s\n%s", v.kind, v.detail, src)
}

// FuzzBothForms lets the fuzzer write the programs. A run compiles a module,
// so it takes a second or two:
//
//	go test ./transform -run '^$' -fuzz FuzzBothForms
func FuzzBothForms(f *testing.F) {
	for _, seed := range []uint64{7, 8} {
		f.Add(stream(seed)[:600])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if testing.Short() {
			t.Skip("compiles and runs a module")
		}
		src := program(data, packageName(0))
		if v := newBatch(t).run([]string{src}, false)[0]; v.kind != "" {
			t.Errorf("%s\n%s\n%s", v.kind, v.detail, src)
		}
	})
}
