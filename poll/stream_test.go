//go:build linux

package poll

import (
	"io"
	"math/rand/v2"
	"net"
	"testing"

	"github.com/goasync/goasync/rt"
)

// A chunked is an AsyncReader and an AsyncWriter in memory: it returns in pieces what it has, and takes in pieces what it is given. Each
// operation waits first, as often as waits says.
type chunked struct {
	left  []byte
	taken []byte
	piece func() int // how much goes at once, at least 1
	waits func() int
	end   error // of reading
}

func (c *chunked) Read(p []byte) (int, error) { return rt.Block(c.ReadAsync(p)) }

func (c *chunked) ReadAsync(p []byte) rt.Awaitable[int] {
	co := &chunkedCoro{c: c, do: func() (int, error) {
		if len(c.left) == 0 {
			return 0, c.end
		}
		n := copy(p[:min(c.piece(), len(p))], c.left)
		c.left = c.left[n:]
		return n, nil
	}}
	co.Visible()
	return co
}

func (c *chunked) Write(p []byte) (int, error) { return rt.Block(c.WriteAsync(p)) }

func (c *chunked) WriteAsync(p []byte) rt.Awaitable[int] {
	n := 0
	co := &chunkedCoro{c: c, again: func() bool {
		k := min(c.piece(), len(p)-n)
		c.taken = append(c.taken, p[n:n+k]...)
		n += k
		return n < len(p)
	}, do: func() (int, error) { return n, nil }}
	co.Visible()
	return co
}

// A patient is a chunked that is a ReadWaiter.
type patient struct {
	*chunked
	waiting func() // called when a wait has ended
}

func (c *patient) WaitRead() error {
	_, err := rt.Block(c.WaitReadAsync())
	return err
}

func (c *patient) WaitReadAsync() rt.Awaitable[struct{}] {
	co := &patientCoro{chunkedCoro{c: c.chunked, do: func() (int, error) {
		if c.waiting != nil {
			c.waiting()
		}
		return 0, nil
	}}}
	co.Visible()
	return co
}

// patientCoro is one wait of a patient.
type patientCoro struct{ chunkedCoro }

func (co *patientCoro) Result() (struct{}, error) {
	_, err := co.chunkedCoro.Result()
	return struct{}{}, err
}

// chunkedCoro is one operation of a chunked.
type chunkedCoro struct {
	rt.Frame
	c     *chunked
	again func() bool // nil, or called after the waits; true: wait again
	do    func() (int, error)
	wait  int
	call1 rt.SleepOp
	n     int
	err   error
}

func (co *chunkedCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *chunkedCoro) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter() == 0 {
		co.wait = co.c.waits()
	} else {
		goto await1
	}

for1:
	if co.wait > 0 {
		co.wait--
		co.call1.Init(0)
		if !co.call1.Start(fb, co) {
			return co.Suspend(1)
		}
		goto await1
	}
	if co.again != nil && co.again() {
		co.wait = co.c.waits()
		goto for1
	}
	co.n, co.err = co.do()
	return co.End()

await1: // rt.Await0(rt.Sleep(0))
	if _, err := co.call1.Result(); err != nil {
		if co.again != nil {
			co.n, _ = co.do()
		}
		co.err = err
		return co.End()
	}
	goto for1
}

func (co *chunkedCoro) Result() (int, error) {
	co.Check()
	return co.n, co.err
}

// A plainReader is an io.Reader without an async form, which returns pieces.
type plainReader struct {
	left  []byte
	piece func() int
	late  bool // the end comes in a call of its own
}

func (r *plainReader) Read(p []byte) (int, error) {
	n := copy(p[:min(r.piece(), len(p))], r.left)
	r.left = r.left[n:]
	if len(r.left) == 0 && (n == 0 || !r.late) {
		return n, io.EOF
	}
	return n, nil
}

// someBytes returns n random bytes out of an alphabet so small that delimiters come up.
func someBytes(rng *rand.Rand, n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = "abcdef\r\n"[rng.IntN(8)]
	}
	return p
}

// pieces returns a function that says how much goes at once: mostly little.
func pieces(rng *rand.Rand) func() int {
	most := []int{7, 100, 5000, 1 << 20}[rng.IntN(4)]
	return func() int { return 1 + rng.IntN(most) }
}

// sourceKinds are the kinds of readers that sourceOf makes.
var sourceKinds = []string{"Conn", "AsyncReader", "ReadWaiter", "Unix conn", "File", "io.Reader", "another conn"}

// sourceOf returns a reader of data of some kind. The end of the test closes it.
func sourceOf(t *testing.T, rng *rand.Rand, kind string, data []byte) io.Reader {
	t.Helper()
	memory := &chunked{left: data, piece: pieces(rng), waits: func() int { return rng.IntN(3) }, end: io.EOF}
	switch kind {
	case "AsyncReader":
		return memory
	case "ReadWaiter":
		return &patient{chunked: memory}
	case "io.Reader":
		return &plainReader{left: data, piece: pieces(rng), late: rng.IntN(2) == 0}
	case "another conn":
		return netReader(t, data)
	}
	var src io.Reader
	var peer io.WriteCloser
	if kind == "File" {
		src, peer = pipe(t)
	} else {
		network := "tcp"
		if kind == "Unix conn" {
			network = "unix"
		}
		src, peer = pairOver(t, network)
	}
	seed := rng.Uint64()
	go func() {
		rng := rand.New(rand.NewPCG(seed, 0))
		for rest := data; len(rest) > 0; {
			n := min(1+rng.IntN(10000), len(rest))
			if _, err := peer.Write(rest[:n]); err != nil {
				return
			}
			rest = rest[n:]
		}
		peer.Close()
	}()
	return src
}

// netReader returns a connection of package net on which data comes, and the end.
func netReader(t *testing.T, data []byte) net.Conn {
	t.Helper()
	a, b := net.Pipe()
	t.Cleanup(func() {
		a.Close()
		b.Close()
	})
	go func() {
		b.Write(data)
		b.Close()
	}()
	return a
}
