// Bench compares echo servers: goasync with a task for each connection and with a poll.Server, gnet, nbio, netpoll, package net with a
// goroutine for each connection, and one in C with epoll alone. See README.md.
//
// Usage:
//
//	go run . [-connections n,…] [-rounds n] [-duration d] [-servers kind,…]
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sys/unix"
)

// enough is from how many connections on their memory is told from noise.
const enough = 5000

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench: ")
	connections := flag.String("connections", "1,50,1000,10000", "how many connections, a `list`")
	kinds := flag.String("servers", strings.Join(order, ","), "what to measure, a `list`; the first is what the others are compared with")
	rounds := flag.Int("rounds", 3, "how often each server is measured, in turns; the medians are shown")
	duration := flag.Duration("duration", time.Second, "how long each is measured")
	kind := flag.String("serve", "", "be a server of this `kind`: for this program's own use")
	flag.Parse()
	if *kind != "" {
		runServer(*kind)
		return
	}
	if err := compare(strings.Split(*kinds, ","), strings.Split(*connections, ","), *rounds, *duration); err != nil {
		log.Fatal(err)
	}
}

// compare measures servers and prints a table for each number of connections.
func compare(kinds, connections []string, rounds int, d time.Duration) error {
	runtime.LockOSThread() // the load is one thread, and stays on its core
	if err := pin(loadCore); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if slices.Contains(kinds, "c") {
		if err := compileC(folder); err != nil {
			log.Printf("left out: the server in C: %v", err)
			kinds = slices.DeleteFunc(kinds, func(kind string) bool { return kind == "c" })
		}
	}
	for _, kind := range kinds {
		if servers[kind] == nil && kind != "c" {
			return fmt.Errorf("there is no server %q, but %s", kind, strings.Join(order, ", "))
		}
	}
	for _, text := range connections {
		count, err := strconv.Atoi(text)
		if err != nil || count < 1 {
			return fmt.Errorf("a number of connections is wanted, not %q", text)
		}
		if err := checkLimit(count); err != nil {
			return err
		}
		if err := compareAt(kinds, count, rounds, d); err != nil {
			return err
		}
	}
	return nil
}

// checkLimit fails if there cannot be that many connections.
func checkLimit(count int) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	if uint64(count)+100 > limit.Cur {
		return fmt.Errorf("%d descriptors are too few for %d connections: raise ulimit -n", limit.Cur, count)
	}
	return nil
}

// A sample is one measurement of one server.
type sample struct {
	figures
	cpu    time.Duration // of the server, for a message
	memory float64       // of the server, for an idle connection, in bytes
}

// compareAt measures servers in turns and prints their medians.
func compareAt(kinds []string, count, rounds int, d time.Duration) error {
	samples := make(map[string][]sample)
	for round := range rounds {
		for i := range kinds {
			kind := kinds[(i+round)%len(kinds)]
			s, err := measure(kind, count, d)
			if err != nil {
				return fmt.Errorf("%s, %d connections: %w", kind, count, err)
			}
			samples[kind] = append(samples[kind], s)
		}
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return err
	}
	fmt.Printf("%d connections, medians of %d rounds of %v; load average %s\n\n", count, rounds, d, strings.Join(strings.Fields(string(load))[:3], " "))
	return printTable(kinds, count, samples)
}

// measure starts a server, connects to it, and measures it idle and busy.
func measure(kind string, count int, d time.Duration) (s sample, err error) {
	l, err := newLoad()
	if err != nil {
		return s, err
	}
	defer l.close()
	p, err := start(kind)
	if err != nil {
		return s, err
	}
	defer p.stop()            // first, so that no server has to say that its connections are gone
	first := max(count/10, 1) // so that what is made once is there before
	if err := l.connect(p.addr, first); err != nil {
		return s, err
	}
	before, err := p.memory()
	if err != nil {
		return s, err
	}
	if err := l.connect(p.addr, count); err != nil {
		return s, err
	}
	after, err := p.memory()
	if err != nil {
		return s, err
	}
	s.memory = float64(after-before) / float64(max(count-first, 1))
	var begin, end time.Duration
	var failed error
	s.figures, err = l.run(d/4, d, func() { begin, failed = p.cpu() })
	if err := errors.Join(err, failed); err != nil {
		return s, err
	}
	if end, err = p.cpu(); err != nil {
		return s, err
	}
	s.cpu = (end - begin) / time.Duration(s.count)
	return s, nil
}

// printTable prints the medians.
func printTable(kinds []string, count int, samples map[string][]sample) error {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "server\tmessages/s\tp50 µs\tp99 µs\tp99.9 µs\tCPU µs/message\tto %s\tB/idle connection\t\n", kinds[0])
	var base float64
	for _, kind := range kinds {
		of := func(value func(s sample) float64) float64 { return median(samples[kind], value) }
		micro := func(d time.Duration) float64 { return float64(d) / 1000 }
		cpu := of(func(s sample) float64 { return micro(s.cpu) })
		if base == 0 {
			base = cpu
		}
		memory := "-"
		if count >= enough {
			memory = fmt.Sprintf("%.0f", of(func(s sample) float64 { return s.memory }))
		}
		fmt.Fprintf(out, "%s\t%.0f\t%.0f\t%.0f\t%.0f\t%.2f\t%.2f\t%s\t\n", kind,
			of(func(s sample) float64 { return s.messages }),
			of(func(s sample) float64 { return micro(s.p50) }),
			of(func(s sample) float64 { return micro(s.p99) }),
			of(func(s sample) float64 { return micro(s.p999) }),
			cpu, cpu/base, memory)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	fmt.Println()
	return nil
}

// median returns the median of a value of samples, which are not empty.
func median(samples []sample, value func(s sample) float64) float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = value(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
