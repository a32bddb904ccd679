package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"time"

	"github.com/goasync/goasync/rt"
)

// options say how a site is crawled.
type options struct {
	pages   int           // that are visited at most
	fetches int           // that run at a time
	tries   int           // attempts to fetch a page
	timeout time.Duration // for an attempt
	total   time.Duration // for all
	backoff time.Duration // before the second attempt; doubled for each further one
}

// A fetcher fetches pages. It is an interface so that tests need no network; in async code it is called through its second method.
type fetcher interface {
	fetch(url string) (page, error)
	fetchAsync(url string) rt.Awaitable[page]
}

// A page is what is known of one that was fetched.
type page struct {
	links []string // the addresses of pages of the same host, each once
}

// A visit is what has become of a page.
type visit struct {
	tries int  // attempts so far
	done  bool // there will be no more
	links int  // of the page, if err is nil
	err   error
}

// A crawler visits the pages of a site. Its fields belong to the loop, and so need no lock: between two awaits nothing else runs.
type crawler struct {
	options
	from     fetcher
	visits   map[string]*visit // of all pages that were visited, or will be
	fetching int               // attempts that are under way
	expired  bool              // the time for all is over
	full     bool              // there are more pages than may be visited
}

func newCrawler(from fetcher, opts options) *crawler {
	return &crawler{options: opts, from: from, visits: make(map[string]*visit)}
}

// crawl visits all pages that can be reached from start, unless they are too many or that takes too long. That some cannot be fetched is no
// error.
//
//async:func
func (c *crawler) crawl(start string) (err error) {
	c.expired, err = rt.Await(rt.MoveOn0(c.total, func() error {
		return rt.Await0(rt.Nursery(func(g *rt.Group) error {
			g.Limit(c.fetches)
			c.visits[start] = new(visit)
			return rt.Await0(c.visit(g, start))
		}))
	}))
	return err
}

// visit fetches a page, and has the pages visited that it links to and nobody else has.
//
//async:func
func (c *crawler) visit(g *rt.Group, url string) error {
	v := c.visits[url]
	p, err := rt.Await(c.fetchRepeatedly(v, url))
	if errors.Is(err, context.Canceled) {
		return err
	}
	v.links, v.err, v.done = len(p.links), err, true
	for _, link := range p.links {
		if c.admit(link) {
			g.Go(func() error { return rt.Await0(c.visit(g, link)) })
		}
	}
	return nil
}

// admit reports whether a page is to be visited: nobody else has, or will, and there is room for it. What is kept of a site has a bound, as
// there are sites that make up a page for any address.
func (c *crawler) admit(url string) bool {
	if c.visits[url] != nil {
		return false
	}
	if len(c.visits) >= c.pages {
		c.full = true
		return false
	}
	c.visits[url] = new(visit)
	return true
}

// fetchRepeatedly fetches a page, again and again if it seems that this may help.
//
//async:func
func (c *crawler) fetchRepeatedly(v *visit, url string) (page, error) {
	for wait := c.backoff; ; wait *= 2 {
		v.tries++
		p, err := rt.Await(rt.Timeout(c.timeout, func() (page, error) { return rt.Await(c.fetchCounted(url)) }))
		if err == nil || v.tries == c.tries || !isTransient(err) {
			return p, err
		}
		if err := rt.Await0(rt.Sleep(wait)); err != nil {
			return p, err
		}
	}
}

// fetchCounted fetches a page.
//
//async:func
func (c *crawler) fetchCounted(url string) (page, error) {
	c.fetching++
	defer func() { c.fetching-- }()
	return rt.Await(c.from.fetch(url))
}

// isTransient reports whether an attempt may succeed later that has failed with err: what took too long, what the network said, and what
// the server says is its own problem.
func isTransient(err error) bool {
	if _, ok := errors.AsType[*rt.TimeoutError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	status, ok := errors.AsType[statusError](err)
	return ok && status >= 500
}

// interval is how often progress is shown.
const interval = 200 * time.Millisecond

// watch shows the progress to w until it is cancelled, in one line of a terminal.
//
//async:func
func (c *crawler) watch(w io.Writer) error {
	defer func() {
		c.show(w)
		fmt.Fprintln(w)
	}()
	for {
		c.show(w)
		if err := rt.Await0(rt.Sleep(interval)); err != nil {
			return err
		}
	}
}

// show shows how many pages were visited.
func (c *crawler) show(w io.Writer) {
	known, done, _, _ := c.count()
	fmt.Fprintf(w, "\r%d of %d pages, %d being fetched  ", done, known, c.fetching)
}

// count returns how many pages are known, how many of them were visited, how many in vain, and how many attempts were repeated.
func (c *crawler) count() (known, done, failed, repeated int) {
	for _, v := range c.visits {
		known++
		repeated += max(v.tries-1, 0)
		if v.done {
			done++
		}
		if v.err != nil {
			failed++
		}
	}
	return known, done, failed, repeated
}

// report prints what has become of each page, sorted by address.
func (c *crawler) report(w io.Writer) {
	for _, url := range slices.Sorted(maps.Keys(c.visits)) {
		switch v := c.visits[url]; {
		case !v.done:
			fmt.Fprintf(w, "%s: not visited\n", url)
		case v.err != nil:
			fmt.Fprintf(w, "%s: %s\n", url, c.why(v.err))
		default:
			fmt.Fprintf(w, "%s: %d links\n", url, v.links)
		}
	}
	known, done, failed, repeated := c.count()
	fmt.Fprintf(w, "%d pages, %d visited, %d of them in vain; %d attempts were repeated\n", known, done, failed, repeated)
	if c.full {
		fmt.Fprintf(w, "not all: there are more than %d pages\n", c.pages)
	}
	if c.expired {
		fmt.Fprintf(w, "not all in %v\n", c.total)
	}
}

// why says why a page could not be fetched.
func (c *crawler) why(err error) string {
	if _, ok := errors.AsType[*rt.TimeoutError](err); ok {
		return fmt.Sprintf("no answer in %v", c.timeout)
	}
	return err.Error()
}
