// Package rttest lets tests of asynchronous code run without sleeping: a loop made by NewLoop has a clock that stands still
// while code runs and jumps to the next timer when nothing else is left to do. An hour of timeouts passes in microseconds
// and every run has the same order.
//
//	loop, clock := rttest.NewLoop(t)
//	task := rt.SpawnOn(loop, fetchAsync("a"))
//	_, err := rt.RunUntil(loop, task)
//	// err is what fetch returned, clock.Now() is how long it would have taken
//
// Sweep, Explore and Shuffle repeat a scenario: with each of its tasks cancelled, or given an error, at each of its awaits; in
// every order in which the tasks can run; in random orders. They check that all tasks end and that nothing is left, and the
// scenario checks what else must hold.
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
// Code that other goroutines run (rt.Blocking, Loop.Post) takes real time but no fake time: a loop that waits for it and for
// no timer waits in earnest; a loop that waits for a timer as well does not, and jumps.
package rttest
