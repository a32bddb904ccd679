// Package rttest tests asynchronous code without sleeping: on a clock that stands still while code runs and jumps to the next timer when
// nothing else is left to do. An hour of timeouts passes in microseconds, and every run has the same order. A test gives rt.RunWith,
// instead of Run, such a clock and the Poller that moves it:
//
//	func TestFetch(t *testing.T) {
//		clock := new(rttest.Clock)
//		opts := rt.RunOptions{Loop: rt.LoopOptions{Clock: clock, Poller: rttest.NewPoller(clock)}}
//		text, err := rt.RunWith(opts, func() (string, error) { return fetch("a") })
//		// text, err is what fetch returned, clock.Now() is how long it would have taken
//	}
//
// That is the plain form: fetch as it is written, with each task on a goroutine, before anything is generated. The generated form is
// rt.RunAsyncWith(opts, fetchAsync("a")), and both are to do the same: the package's example runs both. For functions with an error alone
// there are RunWith0 and RunAsyncWith0. Options are for one run, which closes the poller.
//
// NewLoop makes such a loop for tests that drive it by themselves, and finds tasks that they leave behind.
//
// # Every await, every order
//
// Sweep, Explore and Shuffle repeat a scenario: with each of its tasks cancelled, or given an error, at each of its awaits; in
// every order in which the tasks can run; in random orders. They check that no task fails, that all end and that nothing is left, and
// the scenario checks what else must hold:
//
//	func TestTransfer(t *testing.T) {
//		rttest.Sweep(t, func(s *rttest.Scenario) {
//			q, got := rt.NewQueue[int](1), 0
//			s.GoPlain("put", func() error { return put(q) }) // or s.Go("put", putAsync(q))
//			s.GoPlain("get", func() error { return get(q, &got) })
//			s.Check(func() { … })
//		})
//	}
//
// A run that fails is named, and can be repeated alone, for a debugger for example, by a flag of the test's binary: -rttest.sweep,
// -rttest.order or -rttest.seed.
//
// # Sockets
//
// Sockets work on these loops once they are given a real poller, for which UsePoller is: the clock is the fake one all the same, so
// that timeouts of minutes pass at once when nothing comes. In a Sweep, a function that reads from a socket is cancelled at each of its
// awaits, and what it must not lose is checked, as the example of UsePoller does:
//
//	rttest.Sweep(t, func(s *rttest.Scenario) {
//		rttest.UsePoller(s, s.Loop, poll.NewPoller)
//		r, w := socketPair(s)
//		s.GoPlain("write", func() error { return send(w, message) })
//		s.GoPlain("read", func() error { return receive(r, &got) })
//		s.Check(func() { … })
//	})
//
// # Other goroutines
//
// Code that other goroutines run (rt.Blocking, Loop.Post) takes real time but no fake time: a loop that waits for it and for
// no timer waits in earnest; a loop that waits for a timer as well does not, and jumps.
package rttest
