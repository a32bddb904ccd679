package main

import (
	"bytes"
	"fmt"
	"net/http"
)

// The grammar is that of RFC 9112, and of RFC 9110 for what is in the fields. Where it lets a server be lenient this one is not: two
// servers in a row that understand a message differently are how requests are smuggled past the first.

// maxFields is how many fields a head or a trailer may have.
const maxFields = 100

// An Error is why a request is refused, and with which status.
type Error struct {
	Status int
	Reason string
}

// Error says both.
func (e *Error) Error() string {
	return fmt.Sprintf("%d %s: %s", e.Status, http.StatusText(e.Status), e.Reason)
}

func bad(reason string) error { return &Error{http.StatusBadRequest, reason} }

// parse makes r, of which nothing is known, the request of a head, which ends with an empty line. It keeps a copy. The error is an *Error.
func (r *Request) parse(head []byte) error {
	r.head = append(r.head[:0], head...)
	line, rest, err := cutLine(r.head)
	if err != nil {
		return err
	}
	if err := r.parseRequestLine(line); err != nil {
		return err
	}
	if r.fields, err = parseFields(r.fields, rest); err != nil {
		return err
	}
	return r.interpret()
}

// cutLine cuts b behind its first line, which it returns without its end.
func cutLine(b []byte) (line, rest []byte, err error) {
	i := bytes.IndexByte(b, '\n')
	if i < 1 || b[i-1] != '\r' {
		return nil, nil, bad("a line does not end with CR LF")
	}
	return b[:i-1], b[i+1:], nil
}

// parseRequestLine takes method, target and version.
func (r *Request) parseRequestLine(line []byte) error {
	method, rest, _ := bytes.Cut(line, []byte(" "))
	target, version, ok := bytes.Cut(rest, []byte(" "))
	if !ok || !consists(method, tokenChar) || !consists(target, targetChar) {
		return bad("the request line is not a method, a target and a version")
	}
	if err := r.parseVersion(version); err != nil {
		return err
	}
	r.Method = text(&r.last.method, method)
	return r.parseTarget(target)
}

// parseVersion takes the version. A minor version that is not known yet is treated as the last one that is.
func (r *Request) parseVersion(v []byte) error {
	if len(v) != len("HTTP/1.1") || string(v[:5]) != "HTTP/" || !isDigit(v[5]) || v[6] != '.' || !isDigit(v[7]) {
		return bad("the version is not HTTP/ and two digits")
	}
	if v[5] != '1' {
		return &Error{http.StatusHTTPVersionNotSupported, "only HTTP/1 is spoken here"}
	}
	r.Minor = min(int(v[7]-'0'), 1)
	return nil
}

// parseTarget takes the target, which is a path, a URL as it is sent to proxies, or a star.
func (r *Request) parseTarget(target []byte) error {
	var host []byte
	switch {
	case r.Method == http.MethodConnect:
		return &Error{http.StatusNotImplemented, "this is no proxy"}
	case target[0] == '/':
	case string(target) == "*" && r.Method == http.MethodOptions:
	default:
		scheme, rest, ok := bytes.Cut(target, []byte("://"))
		if !ok || !equalFold(scheme, "http") && !equalFold(scheme, "https") {
			return bad("the target is neither a path nor the URL of one")
		}
		end := bytes.IndexAny(rest, "/?")
		if end < 0 {
			end = len(rest)
		}
		host, target = rest[:end], rest[end:]
		if !consists(host, hostChar) {
			return bad("the URL has no valid host")
		}
		switch {
		case len(target) == 0:
			target = []byte("/")
		case target[0] == '?':
			target = append([]byte("/"), target...)
		}
	}
	r.Target = text(&r.last.target, target)
	r.Host = string(host)
	return nil
}

// parseFields appends the fields of b, which ends with an empty line, to fields.
func parseFields(fields []field, b []byte) ([]field, error) {
	for {
		line, rest, err := cutLine(b)
		switch {
		case err != nil:
			return fields, err
		case len(line) == 0:
			return fields, nil
		case line[0] == ' ' || line[0] == '\t':
			return fields, bad("a field is continued on another line")
		case len(fields) == maxFields:
			return fields, &Error{http.StatusRequestHeaderFieldsTooLarge, fmt.Sprintf("there are more than %d fields", maxFields)}
		}
		colon := bytes.IndexByte(line, ':')
		if colon < 0 || !consists(line[:colon], tokenChar) {
			return fields, bad("a field has no name, or one with other characters than names may have")
		}
		value := trim(line[colon+1:])
		if len(value) > 0 && !consists(value, valueChar) {
			return fields, bad("a field has a value with control characters")
		}
		fields = append(fields, field{line[:colon], value})
		b = rest
	}
}

// Characters, by where they may stand.
const (
	tokenChar  = 1 << iota // in methods and names of fields
	targetChar             // in targets
	hostChar               // in hosts, with a port
	valueChar              // in values of fields
)

var chars = func() (table [256]uint8) {
	for c := range len(table) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			table[c] = tokenChar | targetChar | hostChar | valueChar
		case c == '\t', c == ' ', c >= 0x80:
			table[c] = valueChar
		case c > ' ' && c < 0x7f:
			table[c] = targetChar | valueChar
		}
	}
	for _, c := range "!#$%&'*+-.^_`|~" {
		table[c] |= tokenChar
	}
	for _, c := range "!$%&'()*+,-.:;=[]_~" {
		table[c] |= hostChar
	}
	return table
}()

// consists reports whether b is not empty and has characters of a kind alone.
func consists(b []byte, kind uint8) bool {
	for _, c := range b {
		if chars[c]&kind == 0 {
			return false
		}
	}
	return len(b) > 0
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
