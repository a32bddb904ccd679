package rt

import "testing"

// BenchmarkPost posts functions to a loop that is busy, and sends them to a goroutine on a buffered channel.
func BenchmarkPost(b *testing.B) {
	const batch = 1000
	b.Run("post", func(b *testing.B) {
		s := newBenchLoop(b)
		n := 0
		f := func() { n++ }
		for i := range b.N {
			s.Post(f)
			if i%batch == batch-1 {
				s.Stop()
				s.Loop.Run()
			}
		}
		s.Stop()
		s.Loop.Run()
		if n != b.N {
			b.Errorf("%d of %d posts were called", n, b.N)
		}
	})
	b.Run("channel", func(b *testing.B) {
		b.ReportAllocs()
		n, c, done := 0, make(chan func(), batch), make(chan struct{})
		go func() {
			defer close(done)
			for f := range c {
				f()
			}
		}()
		f := func() { n++ }
		for range b.N {
			c <- f
		}
		close(c)
		<-done
	})
}
