// Package crawl follows the links of a site, a few pages at a time, with package net/http.
package crawl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/goasync/goasync/rt"
)

// A crawler's fields are not changed while it runs.
type crawler struct {
	site    string // its address, http://host:port
	client  *http.Client
	limit   int           // pages that are fetched at the same time
	timeout time.Duration // for one attempt to fetch a page
}

// errBusy says that the server has refused for now.
var errBusy = errors.New("the server is busy")

// crawl fetches all pages that can be reached from start, level by level, and returns the links of each.
//
//async:func
func (c *crawler) crawl(start string) (map[string][]string, error) {
	seen := map[string][]string{start: nil}
	for level := []string{start}; len(level) > 0; {
		var next []string
		err := rt.Await0(rt.Map0(c.limit, level, func(path string) error {
			links, err := rt.Await(retry(3, time.Millisecond, func() ([]string, error) {
				return rt.Await(rt.Timeout(c.timeout, func() ([]string, error) { return rt.Await(c.fetch(path)) }))
			}))
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			seen[path] = links // the other fetches do this, too, but one at a time
			for _, link := range links {
				if _, ok := seen[link]; !ok {
					seen[link] = nil
					next = append(next, link)
				}
			}
			return nil
		}))
		if err != nil {
			return nil, err
		}
		level = next
	}
	return seen, nil
}

// retry calls f until it succeeds, or fails in a way that will not pass, at most n times. Before each further attempt it waits
// twice as long as before the last.
//
//async:func
func retry[T any](n int, wait time.Duration, f func() (T, error)) (T, error) {
	for i := 1; ; i++ {
		v, err := rt.Await(f())
		if i == n || !errors.Is(err, errBusy) && !errors.Is(err, context.DeadlineExceeded) {
			return v, err
		}
		if err := rt.Await0(rt.Sleep(wait)); err != nil {
			return v, err
		}
		wait *= 2
	}
}

// fetch returns the links of a page. A cancel ends the request.
//
//async:func
func (c *crawler) fetch(path string) ([]string, error) {
	return rt.Await(rt.Blocking(func(ctx context.Context) ([]string, error) { return get(ctx, c.client, c.site+path) }))
}

// get is ordinary code that blocks its goroutine.
func get(ctx context.Context, client *http.Client, url string) ([]string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusServiceUnavailable:
		return nil, errBusy
	default:
		return nil, errors.New(resp.Status)
	}
	body, err := io.ReadAll(resp.Body)
	return strings.Fields(string(body)), err
}
