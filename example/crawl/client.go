package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A client fetches pages by HTTP/1.1. It knows http addresses alone, opens a connection for each request, sends nothing but GET, asks for
// no compression, and reads pages of up to 1 MiB. That a page has moved it returns as a link. Its zero value is ready.
type client struct{ dialer poll.Dialer }

const (
	maxLine    = 8 << 10 // bytes
	maxHeaders = 100     // lines
	maxBody    = 1 << 20 // bytes
)

// A statusError is the status of a response without a page.
type statusError int

func (s statusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", int(s), http.StatusText(int(s))))
}

// fetch fetches a page. Its errors are a statusError, those of the connection, and others where the server does not keep to the protocol.
//
//async:func
func (c *client) fetch(address string) (page, error) {
	u, err := url.Parse(address)
	if err != nil {
		return page{}, err
	}
	if u.Scheme != "http" || u.Host == "" {
		return page{}, fmt.Errorf("%s: not the address of a page by http", address)
	}
	r, err := rt.Await(c.get(u))
	if err != nil {
		return page{}, err
	}
	return r.page(u)
}

// get sends a request and reads the response.
//
//async:func
func (c *client) get(u *url.URL) (*response, error) {
	port := u.Port()
	if port == "" {
		port = "80"
	}
	conn, err := rt.Await(c.dialer.Dial("tcp", net.JoinHostPort(u.Hostname(), port)))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", u.RequestURI(), u.Host)
	if _, err := rt.Await(conn.Write([]byte(request))); err != nil {
		return nil, err
	}
	return rt.Await(readResponse(poll.NewReaderLimit(conn, maxLine)))
}

// A response is what a server has answered.
type response struct {
	status int
	header textproto.MIMEHeader
	body   []byte
}

// page returns the page in a response to a request of base.
func (r *response) page(base *url.URL) (page, error) {
	switch location := r.header.Get("Location"); {
	case r.status >= 300 && r.status < 400 && location != "":
		return page{resolve(base, location)}, nil
	case r.status != http.StatusOK:
		return page{}, statusError(r.status)
	case !strings.HasPrefix(r.header.Get("Content-Type"), "text/html"):
		return page{}, nil
	default:
		return page{resolve(base, hrefs(r.body)...)}, nil
	}
}

// readResponse reads a response, and skips the informational ones before it. The connection is not to be used for another one.
//
//async:func
func readResponse(in *poll.Reader) (*response, error) {
	r := new(response)
	for r.status < 200 {
		line, err := rt.Await(in.ReadLine())
		if err != nil {
			return nil, noEOF(err)
		}
		if r.status, err = parseStatus(string(line)); err != nil {
			return nil, err
		}
		if r.header, err = rt.Await(readHeader(in)); err != nil {
			return nil, noEOF(err)
		}
	}
	var err error
	if r.body, err = rt.Await(readBody(in, r.header)); err != nil {
		return nil, noEOF(err)
	}
	return r, nil
}

// parseStatus returns the status in the first line of a response. A switch to another protocol is none: nobody has asked for it.
func parseStatus(line string) (int, error) {
	version, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	if err != nil || !strings.HasPrefix(version, "HTTP/1.") || status < 100 || status > 999 || status == http.StatusSwitchingProtocols {
		return 0, fmt.Errorf("not a status of HTTP/1.1: %.100q", line)
	}
	return status, nil
}

// noEOF is for errors where the end of the stream is not in order.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readHeader reads the lines of a header, and the empty one after it.
//
//async:func
func readHeader(in *poll.Reader) (textproto.MIMEHeader, error) {
	header := make(textproto.MIMEHeader)
	for range maxHeaders {
		line, err := rt.Await(in.ReadLine())
		if err != nil {
			return nil, err
		}
		if len(line) == 0 {
			return header, nil
		}
		key, value, ok := strings.Cut(string(line), ":")
		if !ok {
			return nil, fmt.Errorf("not a line of a header: %.100q", line)
		}
		header.Add(key, strings.TrimSpace(value))
	}
	return nil, fmt.Errorf("a header of more than %d lines", maxHeaders)
}

var errTooLarge = fmt.Errorf("a page of more than %d bytes", maxBody)

// readBody reads what follows the header: in chunks, of known length, or up to the end of the connection.
//
//async:func
func readBody(in *poll.Reader, header textproto.MIMEHeader) ([]byte, error) {
	if strings.EqualFold(header.Get("Transfer-Encoding"), "chunked") {
		return rt.Await(readChunks(in))
	}
	length := header.Get("Content-Length")
	if length == "" {
		return rt.Await(readAll(in))
	}
	n, err := strconv.ParseUint(length, 10, 63)
	switch {
	case err != nil:
		return nil, fmt.Errorf("not a length: %.100q", length)
	case n > maxBody:
		return nil, errTooLarge
	}
	body := make([]byte, n)
	_, err = rt.Await(in.ReadFull(body))
	return body, err
}

// readChunks reads a body in chunks, and the trailer after it.
//
//async:func
func readChunks(in *poll.Reader) ([]byte, error) {
	for body := []byte(nil); ; {
		line, err := rt.Await(in.ReadLine())
		if err != nil {
			return nil, err
		}
		size, _, _ := bytes.Cut(line, []byte(";"))
		n, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 63)
		switch {
		case err != nil:
			return nil, fmt.Errorf("not the size of a chunk: %.100q", line)
		case n == 0:
			_, err := rt.Await(readHeader(in))
			return body, err
		case n > maxBody-uint64(len(body)):
			return nil, errTooLarge
		}
		body = append(body, make([]byte, n)...)
		if _, err := rt.Await(in.ReadFull(body[uint64(len(body))-n:])); err != nil {
			return nil, err
		}
		if line, err = rt.Await(in.ReadLine()); err != nil {
			return nil, err
		}
		if len(line) != 0 {
			return nil, errors.New("a chunk that is longer than its size")
		}
	}
}

// readAll reads a body up to the end of the stream.
//
//async:func
func readAll(in *poll.Reader) ([]byte, error) {
	body := make([]byte, maxBody+1)
	n, err := rt.Await(in.ReadFull(body))
	switch {
	case err == nil:
		return nil, errTooLarge
	case err != io.EOF && err != io.ErrUnexpectedEOF:
		return nil, err
	}
	return bytes.Clone(body[:n]), nil
}
