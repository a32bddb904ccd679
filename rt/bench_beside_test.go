//go:build unix

package rt

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// The figures that the runtime is to keep are measured beside what a program would use instead, by turns in one run, so that whatever
// else the machine does meets both alike. What counts is the ratio; each benchmark says its goal. One iteration is one turn of each:
//
//	taskset -c 1 go test ./rt -run '^$' -bench 'Beside' -benchtime 20x

// beside has ours and other measured in turns, and reports the median of each in the unit, and the ratio of the two.
func beside(b *testing.B, unit string, ours, other func() float64) {
	var samples [2][]float64
	for turn := range b.N {
		for i := range 2 {
			i = (i + turn) % 2 // each goes first as often as the other
			runtime.GC()
			samples[i] = append(samples[i], [...]func() float64{ours, other}[i]())
		}
	}
	a, o := median(samples[0]), median(samples[1])
	b.ReportMetric(0, "ns/op") // of both together: says nothing
	b.ReportMetric(a, "ours-"+unit)
	b.ReportMetric(o, "other-"+unit)
	b.ReportMetric(a/o, "ratio")
}

// besideAlone is beside with a process for each sample. It is for what is measured in the whole process: Go keeps the descriptors of all
// goroutines that there ever were, and what the other side left of them would count as ours.
func besideAlone(b *testing.B, unit string, ours, other func() float64) {
	if side := os.Getenv(aloneSide); side != "" {
		fmt.Println(aloneFigure, map[string]func() float64{"ours": ours, "other": other}[side]())
		return
	}
	beside(b, unit, func() float64 { return alone(b, "ours") }, func() float64 { return alone(b, "other") })
}

const (
	aloneSide   = "GOASYNC_BENCH_SIDE" // in the environment of such a process: which side it measures
	aloneFigure = "measured alone:"    // precedes what it has measured
)

var aloneLine = regexp.MustCompile(aloneFigure + ` (\S+)`)

// alone returns what b measures of a side in a process of its own.
func alone(b *testing.B, side string) float64 {
	cmd := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^"+b.Name()+"$", "-test.benchtime=1x", fmt.Sprint("-test.cpu=", runtime.GOMAXPROCS(0)))
	cmd.Env = append(os.Environ(), aloneSide+"="+side)
	out, err := cmd.CombinedOutput()
	found := aloneLine.FindSubmatch(out)
	if err != nil || found == nil {
		b.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	figure, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return figure
}

// median sorts samples, which are not empty.
func median(samples []float64) float64 {
	slices.Sort(samples)
	return samples[len(samples)/2]
}

// cpuOf returns the CPU time that this process uses while f runs, in nanoseconds for each of n.
func cpuOf(n int, f func()) float64 {
	before := cpuTime()
	f()
	return float64(cpuTime()-before) / float64(n)
}

// cpuTime returns what the process has used, in user and kernel mode.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// withoutGC turns the collector off until the end of the benchmark: it would measure the heap of what is outstanding. It still runs
// between the turns.
func withoutGC(b *testing.B) {
	percent := debug.SetGCPercent(-1)
	b.Cleanup(func() { debug.SetGCPercent(percent) })
}
