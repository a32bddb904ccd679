package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"github.com/goasync/goasync/testdata/programs"
)

// A demonstration whose clock stands still, but for the attempts that will not be answered: those are over at once. With one fetch at a
// time no other one is under way then.
func TestDemo(t *testing.T) {
	opts := demoOptions
	opts.fetches, opts.backoff = 1, 0
	programs.Check(t, `: 8 links
about: 1 links
busy: 1 links
long: 5 links
missing: 404 Not Found
moved: 1 links
never: no answer in 500ms
news: 4 links
news/0: 2 links
news/1: 2 links
news/2: 2 links
news/3: 2 links
news/4: 2 links
slow: 1 links
14 pages, 14 visited, 2 of them in vain; 4 attempts were repeated
`,
		func(out io.Writer) error {
			return crawlDemo(out, opts, func(run rt.RunOptions, c *crawler, start string, begun func()) error {
				return rt.RunWith0(run, func() error { return crawlLoop(c, start, begun) })
			})
		},
		func(out io.Writer) error {
			return crawlDemo(out, opts, func(run rt.RunOptions, c *crawler, start string, begun func()) error {
				return rt.RunAsyncWith0(run, crawlLoopAsync(c, start, begun))
			})
		})
}

// crawlDemo has run crawl the demonstration's site, and prints the result.
func crawlDemo(out io.Writer, opts options, run func(opts rt.RunOptions, c *crawler, start string, begun func()) error) error {
	clock := new(rttest.Clock)
	var loop atomic.Pointer[rt.Loop] // set before the first request
	s, err := startSite(demoSite(func() { loop.Load().Post(func() { clock.Advance(opts.timeout) }) }))
	if err != nil {
		return err
	}
	defer s.stop()
	c := newCrawler(new(client), opts)
	err = run(rt.RunOptions{Loop: rt.LoopOptions{Clock: clock}}, c, s.url, func() { loop.Store(rt.RunningLoop()) })
	var report strings.Builder
	c.report(&report)
	io.WriteString(out, strings.ReplaceAll(report.String(), s.url, ""))
	return err
}

// crawlLoop crawls a site after it has called begun.
//
//async:func
func crawlLoop(c *crawler, start string, begun func()) error {
	begun()
	return rt.Await0(watched(c, start, io.Discard))
}

// As many pages are fetched at a time as are allowed: these are answered when three have been asked for.
func TestTogether(t *testing.T) {
	opts := demoOptions
	opts.fetches = 3
	run := func(out io.Writer, crawl func(opts rt.RunOptions, c *crawler, start string) error) error {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { writeLinks(w, "1", "2", "3") })
		var asked sync.WaitGroup
		asked.Add(3)
		mux.HandleFunc("GET /{n}", func(w http.ResponseWriter, _ *http.Request) {
			asked.Done()
			asked.Wait()
			writeLinks(w)
		})
		s, err := startSite(mux)
		if err != nil {
			return err
		}
		defer s.stop()
		c := newCrawler(new(client), opts)
		err = crawl(rt.RunOptions{Loop: rt.LoopOptions{Clock: new(rttest.Clock)}}, c, s.url)
		known, done, failed, repeated := c.count()
		fmt.Fprintln(out, known, done, failed, repeated)
		return err
	}
	programs.Check(t, "4 4 0 0\n",
		func(out io.Writer) error {
			return run(out, func(opts rt.RunOptions, c *crawler, start string) error {
				return rt.RunWith0(opts, func() error { return c.crawl(start) })
			})
		},
		func(out io.Writer) error {
			return run(out, func(opts rt.RunOptions, c *crawler, start string) error {
				return rt.RunAsyncWith0(opts, c.crawlAsync(start))
			})
		})
}
