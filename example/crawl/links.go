package main

import (
	"html"
	"net/url"
	"regexp"
	"slices"
)

// anchor finds links well enough for a demonstration. It knows nothing of comments and scripts.
var anchor = regexp.MustCompile(`(?i)<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')`)

// hrefs returns what the links in a page refer to, as they are written.
func hrefs(body []byte) []string {
	var refs []string
	for _, match := range anchor.FindAllSubmatch(body, -1) {
		refs = append(refs, html.UnescapeString(string(match[1])+string(match[2])))
	}
	return refs
}

// resolve returns the addresses of those pages among refs, which stand in the page at base, that are on the same host, each once.
func resolve(base *url.URL, refs ...string) []string {
	var links []string
	for _, ref := range refs {
		u, err := base.Parse(ref)
		if err != nil || u.Scheme != base.Scheme || u.Host != base.Host {
			continue
		}
		u.Fragment = ""
		if u.Path == "" {
			u.Path = "/"
		}
		if link := u.String(); !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return links
}
