//go:build linux

package poll

import (
	"bytes"
	"io"
	"net"
	"net/netip"
	"runtime"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestF32_SweepOfReaderAndWriter: whenever who writes through a Writer or who reads through a Reader is cancelled, what the Writer says that
// it has written is what was read, what the Reader still has, and what is left; and the rest of what it has accepted is still in it.
func TestF32_SweepOfReaderAndWriter(t *testing.T) {
	sequence := bytes.Repeat([]byte("a line of some 40 bytes, or a few more.\n"), 1000)
	overNetworks(t, func(t *testing.T, network string) {
		sweep(t, func(t *testing.T) (tasks [2]func() error, end func(run string)) {
			a, b := bothPair(t, network)
			if network == "unix" {
				a.SetWriteBuffer(1) // so that the Writer waits too
			}
			w, r := NewWriterSize(a, 1000), NewReader(b)
			accepted, received := 0, []byte(nil)
			writer := func() error {
				for size := 1; accepted < len(sequence); size *= 3 {
					n, err := rt.Await(w.Write(sequence[accepted:min(accepted+size, len(sequence))]))
					accepted += n
					if err != nil {
						return err
					}
					if err := rt.Await0(rt.YieldNow()); err != nil { // in which the reader comes to wait
						return err
					}
				}
				return rt.Await0(w.Flush())
			}
			reader := func() error {
				for buf := make([]byte, 5000); ; {
					line, err := rt.Await(r.ReadLine())
					if received = append(received, line...); err != nil {
						return err
					}
					received = append(received, '\n')
					n, err := rt.Await(r.Read(buf[:10]))
					if received = append(received, buf[:n]...); err != nil {
						return err
					}
					if _, err := rt.Await(r.Peek(30)); err != nil {
						return err
					}
					n, err = rt.Await(r.ReadFull(buf))
					if received = append(received, buf[:n]...); err != nil {
						return err
					}
				}
			}
			return [2]func() error{writer, reader}, func(run string) {
				written := int(w.Written())
				if unsent := w.unsent(); !bytes.Equal(unsent, sequence[written:accepted]) {
					t.Errorf("%s: %d bytes were accepted and %d written, but %d are still to be, or others", run, accepted, written, len(unsent))
				}
				if w.busy || r.busy {
					t.Errorf("%s: the Writer is busy: %v, the Reader: %v", run, w.busy, r.busy)
				}
				a.Close()
				rest, err := io.ReadAll(r)
				b.Close()
				if received = append(received, rest...); err != nil || !bytes.Equal(received, sequence[:written]) {
					t.Errorf("%s: %d bytes were written, %d received, or others; %v", run, written, len(received), err)
				}
			}
		})
	})
}

// copyForms are the copies that are swept.
var copyForms = map[string]func(dst *Conn, src *Reader) (int64, error){
	"Copy":  func(dst *Conn, src *Reader) (int64, error) { return rt.Await(Copy(dst, src)) },
	"CopyN": func(dst *Conn, src *Reader) (int64, error) { return rt.Await(CopyN(dst, src, 1<<20)) },
	"Copier": func(dst *Conn, src *Reader) (n int64, err error) {
		told := int64(0)
		n, err = rt.Await((&Copier{Progress: func(n int) { told += int64(n) }}).Copy(dst, src))
		if told != n {
			panic("Progress is told another number of bytes than Copy returns")
		}
		return n, err
	},
}

// TestF32_SweepOfCopies: whenever a Copy from one connection to another is cancelled, which goes through the kernel alone, what it says that it
// has written is what has come at the far end; what it has read beyond that, and what is left, is in the Reader that it copies from.
func TestF32_SweepOfCopies(t *testing.T) {
	for name, copied := range copyForms {
		t.Run(name, func(t *testing.T) {
			overNetworks(t, func(t *testing.T, network string) {
				sweepOfCopies(t, network, copied, func(*Conn) int { return 0 })
			})
		})
	}
}

// sweepOfCopies sweeps copied. Prepare may write to the destination before, and returns how much. It returns in how many runs the Reader
// has got back what had been read.
func sweepOfCopies(t *testing.T, network string, copied func(dst *Conn, src *Reader) (int64, error), prepare func(dst *Conn) int) (kept int) {
	sequence := noise(30 << 10)
	sweep(t, func(t *testing.T) (tasks [2]func() error, end func(run string)) {
		before := len(openDescriptors())
		from, src := bothPair(t, network)
		dst, to := bothPair(t, network)
		full := prepare(dst)
		r := NewReader(src)
		var n int64
		sent, received := 0, []byte(nil)
		copier := func() (err error) {
			n, err = copied(dst, r)
			return err
		}
		ends := func() error { // sends, and receives as much
			buf := make([]byte, 7000)
			for sent < len(sequence) || len(received) < full+sent {
				k, err := rt.Await(from.Write(sequence[sent:min(sent+10<<10, len(sequence))]))
				if sent += k; err != nil {
					return err
				}
				for range 3 { // in which the Copy comes to wait
					if err := rt.Await0(rt.YieldNow()); err != nil {
						return err
					}
				}
				k, err = rt.Await(to.Read(buf))
				if received = append(received, buf[:k]...); err != nil {
					return err
				}
			}
			return nil
		}
		return [2]func() error{copier, ends}, func(run string) {
			from.Close()
			dst.Close()
			there, err := io.ReadAll(to)
			received = append(received, there...)[full:]
			if err != nil || int(n) != len(received) {
				t.Errorf("%s: %d bytes were copied, %d have come, %v", run, n, len(received), err)
			}
			if r.Buffered() > 0 {
				kept++
			}
			rest, err := io.ReadAll(r)
			if all := append(received, rest...); err != nil || !bytes.Equal(all, sequence[:sent]) {
				t.Errorf("%s: %d bytes were sent, %d are there, or others; %v", run, sent, len(all), err)
			}
			src.Close()
			to.Close()
			within(t, run+": what pools keep", func() {
				for len(openDescriptors()) > before {
					closeConduit()
				}
			})
		}
	})
	return kept
}

// closeConduit closes a pipe that waits for the next Copy, or has the garbage collector close those that the pool has dropped.
func closeConduit() {
	p, ok := conduits.Get().(*conduit)
	if !ok {
		runtime.GC()
		return
	}
	p.cleanup.Stop()
	closeBoth([2]int{p.r, p.w})
}

// TestF31_SweepOfLookups: whenever who looks up, or connects a socket to a name, is cancelled, nothing is left of it.
func TestF31_SweepOfLookups(t *testing.T) {
	withNames(t, map[string][]netip.Addr{"here.test.": {netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")}})
	server := listenPacket(t, "udp4", "127.0.0.1:0")
	port := portOf(server.LocalAddr().(*net.UDPAddr).Port)
	sweep(t, func(t *testing.T) (tasks [2]func() error, end func(run string)) {
		goroutines := runtime.NumGoroutine()
		looker := func() error {
			for range 5 {
				ips, err := rt.Await(LookupNetIP("ip", "here.test."))
				if err != nil {
					return err
				}
				if len(ips) != 2 {
					t.Errorf("the addresses are %v, want two", ips)
				}
			}
			return nil
		}
		dialer := func() error {
			for range 5 {
				c, err := rt.Await(DialPacket("udp4", "here.test.:"+port))
				if err != nil {
					return err
				}
				c.Close()
			}
			return nil
		}
		return [2]func() error{looker, dialer}, func(run string) {
			within(t, run+": the lookups", func() { // of which the Resolver's goroutines go on for a while, and open sockets
				for !names.idle() || runtime.NumGoroutine() > goroutines+1 {
					runtime.Gosched()
				}
			})
		}
	})
}
