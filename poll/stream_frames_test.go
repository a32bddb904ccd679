//go:build linux

package poll

import (
	"errors"
	"io"
	"net"
	"reflect"
	"testing"

	"github.com/goasync/goasync/rt"
)

// linesCoro sends lines through a Writer and reads their echoes through a Reader, as long as *left says so. It is written as the
// generator would write it.
type linesCoro struct {
	rt.Frame
	r     *Reader
	w     *Writer
	left  *int
	i     int
	err   error
	call1 WriterWriteStringOp
	call2 WriterFlushOp
	call3 ReaderReadLineOp
	call4 ReaderReadUntilOp
}

func (co *linesCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *linesCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

func (co *linesCoro) Resume(fb *rt.Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	case 2:
		goto await2
	case 3:
		goto await3
	case 4:
		goto await4
	}

for1: // for *left > 0
	if *co.left <= 0 {
		return co.End()
	}
	*co.left--
	co.i = 0

for2: // for range 8
	co.call1.Init(co.w, "some line\nsome part;")
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}

await1: // rt.Await(w.WriteString(…))
	if _, co.err = co.call1.Result(); co.err != nil {
		return co.End()
	}
	if co.i++; co.i < 8 {
		goto for2
	}
	co.call2.Init(co.w)
	if !co.call2.Start(fb, co) {
		return co.Suspend(2)
	}

await2: // rt.Await0(w.Flush())
	if _, co.err = co.call2.Result(); co.err != nil {
		return co.End()
	}
	co.i = 0

for3: // for range 8
	co.call3.Init(co.r)
	if !co.call3.Start(fb, co) {
		return co.Suspend(3)
	}

await3: // rt.Await(r.ReadLine())
	{
		var line []byte
		if line, co.err = co.call3.Result(); co.err != nil || string(line) != "some line" {
			return co.End()
		}
	}
	co.call4.Init(co.r, ";")
	if !co.call4.Start(fb, co) {
		return co.Suspend(4)
	}

await4: // rt.Await(r.ReadUntil(";"))
	{
		var part []byte
		if part, co.err = co.call4.Result(); co.err != nil || string(part) != "some part;" {
			return co.End()
		}
	}
	if co.i++; co.i < 8 {
		goto for3
	}
	goto for1
}

// newLines returns a function that makes n exchanges: in each, eight lines and eight parts are written, flushed, echoed and read, within
// one loop.
func newLines(t testing.TB) (exchange func(n int)) {
	l, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ln := listenLocal(t)
	c, err := Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err := ln.AcceptConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		server.Close()
		l.Close()
	})
	rt.SpawnOn(l, echoAsync(server))
	r, w := NewReader(c), NewWriter(c)
	return func(n int) {
		if _, err := rt.RunUntil(l, rt.SpawnOn(l, rt.Awaitable[struct{}](&linesCoro{r: r, w: w, left: &n}))); err != nil {
			t.Fatal(err)
		}
		if n != 0 {
			t.Fatalf("it has ended with %d exchanges left", n)
		}
	}
}

func BenchmarkLines(b *testing.B) {
	exchange := newLines(b)
	exchange(100)
	b.ReportAllocs()
	b.ResetTimer()
	exchange(b.N)
}

// TestLinesAllocateNothing: neither reading a line or a part, nor writing, nor waiting allocates in the steady state: a hundred exchanges
// allocate no more than one, but for a buffer that a collection may have taken out of the pool.
func TestLinesAllocateNothing(t *testing.T) {
	if raceEnabled() {
		t.Skip("the race detector allocates")
	}
	exchange := newLines(t)
	exchange(100)
	one := testing.AllocsPerRun(10, func() { exchange(1) })
	many := testing.AllocsPerRun(10, func() { exchange(101) })
	if more := (many - one) / 100; more >= 0.1 {
		t.Errorf("%v allocations an exchange", more)
	}
}

// TestStreamOperationsLetGo reads the result of every operation after it has ended in each way: from then on it refers to nothing.
func TestStreamOperationsLetGo(t *testing.T) {
	var (
		read   ReaderReadOp
		full   ReaderReadFullOp
		until  ReaderReadUntilOp
		line   ReaderReadLineOp
		peek   ReaderPeekOp
		skip   ReaderDiscardOp
		write  WriterWriteOp
		text   WriterWriteStringOp
		flush  WriterFlushOp
		read2  ReadOp
		full2  ReadFullOp
		all2   ReadAllOp
		write2 WriteOp
		copied CopyOp
		part   CopyNOp
	)
	all := []*awaitCoro{
		{op: &read, result: func() error { _, err := read.Result(); return err }},
		{op: &full, result: func() error { _, err := full.Result(); return err }},
		{op: &until, result: func() error { _, err := until.Result(); return err }},
		{op: &line, result: func() error { _, err := line.Result(); return err }},
		{op: &peek, result: func() error { _, err := peek.Result(); return err }},
		{op: &skip, result: func() error { _, err := skip.Result(); return err }},
		{op: &write, result: func() error { _, err := write.Result(); return err }},
		{op: &text, result: func() error { _, err := text.Result(); return err }},
		{op: &flush, result: func() error { _, err := flush.Result(); return err }},
		{op: &read2, result: func() error { _, err := read2.Result(); return err }},
		{op: &full2, result: func() error { _, err := full2.Result(); return err }},
		{op: &all2, result: func() error { _, err := all2.Result(); return err }},
		{op: &write2, result: func() error { _, err := write2.Result(); return err }},
		{op: &copied, result: func() error { _, err := copied.Result(); return err }},
		{op: &part, result: func() error { _, err := part.Result(); return err }},
	}
	for _, how := range []string{"at once", "after a wait", "failed", "aborted"} {
		for _, plain := range []bool{false, true} {
			for _, co := range all {
				c, peer := connPair(t)
				var src io.Reader = c
				var dst io.Writer = c
				if plain {
					src, dst = struct{ net.Conn }{c}, struct{ net.Conn }{c}
				}
				if how == "at once" {
					peer.Write([]byte("a line\nand more of it"))
					peer.CloseWrite()
				}
				r, w := NewReader(src), NewWriter(dst)
				if how == "failed" {
					c.Close()
				}
				run(t, func() error {
					big := []byte("x")
					if how == "aborted" && (co.op == &write || co.op == &text || co.op == &write2) {
						big = tooMuch
					}
					buf := make([]byte, 2)
					read.Init(r, buf)
					full.Init(r, buf)
					until.Init(r, "\n")
					line.Init(r)
					peek.Init(r, 1)
					skip.Init(r, 1)
					write.Init(w, big)
					text.Init(w, string(big))
					if co.op == &flush {
						w.WriteString("flushed")
					}
					flush.Init(w)
					read2.Init(src, buf)
					full2.Init(src, buf)
					all2.Init(src, 100)
					write2.Init(dst, big)
					copied.Init(dst, src)
					part.Init(dst, src, 3)
					co.Reset()
					task := rt.SpawnOn(rt.RunningLoop(), rt.Awaitable[struct{}](co))
					for range 3 {
						rt.Await0(rt.Sleep(0))
					}
					if how == "after a wait" {
						peer.Write([]byte("a line\nand more of it"))
						peer.CloseWrite()
					}
					if how == "aborted" {
						task.Cancel(nil)
					}
					if _, err := rt.Await(task.Wait()); how == "aborted" && err != nil && !errors.Is(err, rt.ErrTaskCanceled) {
						t.Errorf("%T: %v", co.op, err)
					}
					return nil
				})
				if left := references("", reflect.ValueOf(co.op).Elem()); left != nil {
					t.Errorf("%s, plain %v: %T refers to %v after its result was read", how, plain, co.op, left)
				}
				c.Close()
				peer.Close()
			}
		}
	}
}
