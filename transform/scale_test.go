package transform

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

// BenchmarkGenerate compiles packages of async functions of 20 lines each, beside go vet of the same package with what was
// generated. It reports the time a function, the ratio of the two, and the heap at its largest. Goals: a ratio of 2 and 1 GiB for
// 1,000 functions, and a time a function that does not grow.
//
//	go test ./transform -run '^$' -bench Generate -benchtime 3x
func BenchmarkGenerate(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprint("functions=", n), func(b *testing.B) {
			dir := scalePackage(b, n)
			opts := Options{Dir: dir, Env: goldenEnv()}
			writeAll(b, opts)
			var ours, vets time.Duration
			var peak uint64
			for b.Loop() {
				peak = max(peak, peakHeap(func() {
					begin := time.Now()
					writeAll(b, opts)
					ours += time.Since(begin)
				}))
				vets += vetAfresh(b, dir)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(ours.Microseconds())/float64(b.N*n), "µs/function")
			b.ReportMetric(ours.Seconds()/vets.Seconds(), "of-vet")
			b.ReportMetric(float64(peak)/(1<<20), "MiB")
		})
	}
}

// writeAll runs the compiler and writes what it makes.
func writeAll(b *testing.B, opts Options) {
	result, err := Run(opts)
	if err != nil || len(result.Diagnostics) > 0 {
		b.Fatal(err, result)
	}
	for _, f := range result.Files {
		writeFile(b, f.Path, f.Content)
	}
}

// vetAfresh times go vet of a package that it has not seen: its text is changed.
func vetAfresh(b *testing.B, dir string) time.Duration {
	writeFile(b, filepath.Join(dir, "fresh.go"), fmt.Appendf(nil, "package scale\n\nconst fresh = %d\n", time.Now().UnixNano()))
	cmd := exec.Command("go", "vet", ".")
	cmd.Dir, cmd.Env = dir, goldenEnv()
	begin := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return time.Since(begin)
}

// peakHeap returns the largest heap while f runs, looked at every few milliseconds.
func peakHeap(f func()) (peak uint64) {
	runtime.GC()
	done := make(chan struct{})
	go func() {
		f()
		close(done)
	}()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case <-done:
			tick.Stop()
			return peak
		case <-tick.C:
			metrics.Read(sample)
			peak = max(peak, sample[0].Value.Uint64())
		}
	}
}

// scalePackage writes a package of n functions, a hundred a file.
func scalePackage(b *testing.B, n int) (dir string) {
	dir = goldenModule(b)
	for from := 0; from < n; from += 100 {
		var src bytes.Buffer
		src.WriteString("package scale\n\nimport (\n\t\"fmt\"\n\n\t\"github.com/goasync/goasync/rt\"\n\t\"github.com/goasync/goasync/testdata/golden/op\"\n)\n")
		for i := from; i < from+100; i++ {
			fmt.Fprintf(&src, `
// async
func work%[1]d(list []string, limit int) (sum int, err error) {
	defer func() { sum++ }()
	for i, s := range list {
		if s == "" {
			continue // nothing to do
		}
		n, err := rt.Await(op.Get(i + len(s)))
		if err != nil {
			return sum, fmt.Errorf("%%s: %%w", s, err)
		}
		if sum += n; sum > limit && rt.Await0(op.Do()) != nil {
			break
		}
	}
	if limit > 0 {
		return rt.Await(work%[2]d(list[:limit], limit-1))
	}
	return sum, nil
}
`, i, from+(i+1)%100)
		}
		writeFile(b, filepath.Join(dir, fmt.Sprintf("work%d.go", from)), src.Bytes())
	}
	return dir
}

// BenchmarkGenerateOne compiles one function of ever more awaits, in a loop with branches and boxed variables.
//
//	go test ./transform -run '^$' -bench GenerateOne -benchtime 3x
func BenchmarkGenerateOne(b *testing.B) {
	for _, n := range []int{100, 400, 1600} {
		b.Run(fmt.Sprint("awaits=", n), func(b *testing.B) {
			dir := goldenModule(b)
			var src bytes.Buffer
			src.WriteString("package scale\n\nimport (\n\t\"github.com/goasync/goasync/rt\"\n\t\"github.com/goasync/goasync/testdata/golden/op\"\n)\n\n")
			src.WriteString("// async\nfunc work(list []string) (sum int, err error) {\n\tfor i, s := range list {\n")
			for i := range n / 2 {
				fmt.Fprintf(&src, `
		n%[1]d, err := rt.Await(op.Get(i + len(s)))
		if err != nil {
			if n%[1]d > 3 {
				continue
			}
			return sum, err
		}
		switch {
		case n%[1]d == 1:
			if rt.Await0(op.Do()) != nil {
				break
			}
			sum += n%[1]d
		default:
			p := &n%[1]d
			*p++
		}
`, i)
			}
			src.WriteString("\t}\n\treturn sum, nil\n}\n")
			writeFile(b, filepath.Join(dir, "work.go"), src.Bytes())
			for b.Loop() {
				writeAll(b, Options{Dir: dir, Env: goldenEnv()})
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/await")
		})
	}
}
