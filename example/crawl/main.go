// Crawl follows the links of a site, and prints which pages it has found.
//
// Usage:
//
//	crawl [-pages n] [-fetches n] [-tries n] [-timeout duration] [-total duration] http://host/path
//	crawl -demo
//
// It fetches every page of that host that can be reached, up to a number of them, once, several at a time. With -demo it does so with a
// site of its own, some of whose pages are slow, busy or missing.
//
// The example shows a group that grows while it works: whoever fetches a page adds the fetches of its links, and the group has a limited
// number of them run at a time. Each attempt has a deadline, and so has the whole; attempts that may succeed later are repeated, each time
// after a longer wait; a further task shows the progress. All of that is bound to the loop's clock, so that tests can have it stand still.
//
// The HTTP is as much as that needs: see client.
package main

import (
	"flag"
	"io"
	"log"
	"os"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rtsignal"
)

//go:generate go run github.com/goasync/goasync/cmd/goasync

// defaults are the options of a crawl unless flags say otherwise.
var defaults = options{
	pages:   10_000,
	fetches: 8,
	tries:   3,
	timeout: 10 * time.Second,
	total:   10 * time.Minute,
	backoff: 500 * time.Millisecond,
}

// demoOptions are those of the demonstration, whose site is near.
var demoOptions = options{
	pages:   100,
	fetches: 4,
	tries:   3,
	timeout: 500 * time.Millisecond,
	total:   time.Minute,
	backoff: 50 * time.Millisecond,
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("crawl: ")
	opts := defaults
	demo := flag.Bool("demo", false, "crawl a site of its own")
	flag.IntVar(&opts.pages, "pages", opts.pages, "`number` of pages that are fetched at most")
	flag.IntVar(&opts.fetches, "fetches", opts.fetches, "`number` of pages that are fetched at a time")
	flag.IntVar(&opts.tries, "tries", opts.tries, "`number` of attempts to fetch a page")
	flag.DurationVar(&opts.timeout, "timeout", opts.timeout, "`duration` that an attempt may take")
	flag.DurationVar(&opts.total, "total", opts.total, "`duration` that all may take")
	flag.Parse()
	if opts.pages < 1 || opts.fetches < 1 || opts.tries < 1 || opts.timeout <= 0 || opts.total <= 0 || (flag.NArg() == 1) == *demo {
		flag.Usage()
		os.Exit(2)
	}
	run := func() error { return crawlSite(flag.Arg(0), opts) }
	if *demo {
		run = func() error {
			s, err := startSite(demoSite(nil))
			if err != nil {
				return err
			}
			defer s.stop()
			return crawlSite(s.url, demoOptions)
		}
	}
	if err := run(); err != nil {
		log.Print(err)
		os.Exit(rtsignal.ExitCode(err))
	}
}

// crawlSite crawls a site and prints what it has found, also if it is interrupted.
func crawlSite(start string, opts options) error {
	c := newCrawler(new(client), opts)
	err := rtsignal.RunAsync0(watchedAsync(c, start, os.Stderr))
	c.report(os.Stdout)
	return err
}

// watched crawls what can be reached from start, and shows to w how far that is.
//
//async:func
func watched(c *crawler, start string, w io.Writer) error {
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { return rt.Await0(c.watch(w)) })
		defer g.Cancel(nil) // there is nothing to be watched then
		return rt.Await0(c.crawl(start))
	}))
}
