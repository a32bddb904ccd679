package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"github.com/goasync/goasync/testdata/programs"
)

// A fake is a site without a network. Its pages take a second, which passes at once.
type fake struct {
	links    map[string]string
	failures map[string][]error // that the first attempts come to; nil: no answer
	fetching int
	most     int // attempts that were under way at a time
}

//async:func
func (f *fake) fetch(url string) (page, error) {
	f.fetching++
	defer func() { f.fetching-- }()
	f.most = max(f.most, f.fetching)
	wait := time.Second
	if failures := f.failures[url]; len(failures) > 0 {
		f.failures[url] = failures[1:]
		if failures[0] != nil {
			return page{}, failures[0]
		}
		wait = 1000 * time.Hour
	}
	if err := rt.Await0(rt.Sleep(wait)); err != nil {
		return page{}, err
	}
	return page{strings.Fields(f.links[url])}, nil
}

// crawls crawls a fake in both forms, and checks what is printed: the report, how long it took, and how many fetches ran at a time.
func crawls(t *testing.T, opts options, newFake func() *fake, want string) {
	t.Helper()
	form := func(run func(opts rt.RunOptions, c *crawler) error) func(io.Writer) error {
		return func(out io.Writer) error {
			f, clock := newFake(), new(rttest.Clock)
			c := newCrawler(f, opts)
			err := run(rt.RunOptions{Loop: rt.LoopOptions{Clock: clock, Poller: rttest.NewPoller(clock)}}, c)
			c.report(out)
			fmt.Fprintf(out, "%v, %d at a time\n", clock.Now(), f.most)
			return err
		}
	}
	programs.Check(t, want,
		form(func(opts rt.RunOptions, c *crawler) error {
			return rt.RunWith0(opts, func() error { return c.crawl("start") })
		}),
		form(func(opts rt.RunOptions, c *crawler) error { return rt.RunAsyncWith0(opts, c.crawlAsync("start")) }))
}

var patient = options{pages: 100, fetches: 3, tries: 3, timeout: 10 * time.Second, total: time.Hour, backoff: 100 * time.Millisecond}

// Each page is fetched once, however many link to it, and three at a time: in a second the first, in three the seven others.
func TestLimit(t *testing.T) {
	crawls(t, patient, func() *fake {
		return &fake{links: map[string]string{"start": "a b c d e start", "a": "b c f", "b": "a g", "f": "g"}}
	}, `a: 3 links
b: 2 links
c: 0 links
d: 0 links
e: 0 links
f: 1 links
g: 0 links
start: 6 links
8 pages, 8 visited, 0 of them in vain; 0 attempts were repeated
4s, 3 at a time
`)
}

// Of a site with too many pages, those are visited that are found first.
func TestPages(t *testing.T) {
	opts := patient
	opts.pages = 4
	crawls(t, opts, func() *fake {
		return &fake{links: map[string]string{"start": "a b start", "a": "b c d", "b": "e"}}
	}, `a: 3 links
b: 1 links
c: 0 links
start: 3 links
4 pages, 4 visited, 0 of them in vain; 0 attempts were repeated
not all: there are more than 4 pages
3s, 2 at a time
`)
}

// What may pass is tried again, after 100 ms and after 200 more. What will not, is not.
func TestRetries(t *testing.T) {
	busy, reset := error(statusError(503)), error(&net.OpError{Op: "read", Err: syscall.ECONNRESET})
	crawls(t, patient, func() *fake {
		return &fake{
			links: map[string]string{"start": "busy gone odd"},
			failures: map[string][]error{
				"start": {busy, reset},
				"busy":  {busy, busy, busy, busy},
				"gone":  {statusError(410)},
				"odd":   {errors.New("not HTTP")},
			},
		}
	}, `busy: 503 Service Unavailable
gone: 410 Gone
odd: not HTTP
start: 3 links
4 pages, 4 visited, 3 of them in vain; 4 attempts were repeated
1.6s, 1 at a time
`)
}

// An attempt that takes too long ends; so the page takes two times 10 s, 100 ms, 200 ms, and a second for the last attempt.
func TestTimeout(t *testing.T) {
	crawls(t, patient, func() *fake {
		return &fake{
			links: map[string]string{"start": "slow never"},
			failures: map[string][]error{
				"slow":  {nil, nil},
				"never": {nil, nil, nil},
			},
		}
	}, `never: no answer in 10s
slow: 0 links
start: 2 links
3 pages, 3 visited, 1 of them in vain; 4 attempts were repeated
31.3s, 2 at a time
`)
}

// When the time for all is over, what was visited until then is reported.
func TestTotal(t *testing.T) {
	opts := patient
	opts.fetches, opts.total = 1, 5*time.Second
	crawls(t, opts, func() *fake {
		return &fake{links: map[string]string{"start": "a b"}, failures: map[string][]error{"b": {nil}}}
	}, `a: 0 links
b: not visited
start: 2 links
3 pages, 2 visited, 0 of them in vain; 0 attempts were repeated
not all in 5s
5s, 1 at a time
`)
}

// Progress is shown while there is some.
func TestWatch(t *testing.T) {
	form := func(run func(opts rt.RunOptions, c *crawler, w io.Writer) error) func(io.Writer) error {
		return func(out io.Writer) error {
			clock := new(rttest.Clock)
			var progress strings.Builder
			c := newCrawler(&fake{links: map[string]string{"start": "a b"}}, patient)
			err := run(rt.RunOptions{Loop: rt.LoopOptions{Clock: clock, Poller: rttest.NewPoller(clock)}}, c, &progress)
			last := ""
			for line := range strings.SplitSeq(strings.TrimSpace(progress.String()), "\r") {
				if line = strings.TrimSpace(line); line != last {
					fmt.Fprintln(out, line)
				}
				last = line
			}
			return err
		}
	}
	programs.Check(t, `0 of 1 pages, 1 being fetched
1 of 3 pages, 0 being fetched
1 of 3 pages, 2 being fetched
3 of 3 pages, 0 being fetched
`,
		form(func(opts rt.RunOptions, c *crawler, w io.Writer) error {
			return rt.RunWith0(opts, func() error { return watched(c, "start", w) })
		}),
		form(func(opts rt.RunOptions, c *crawler, w io.Writer) error {
			return rt.RunAsyncWith0(opts, watchedAsync(c, "start", w))
		}))
}
