// Package tlspoll provides TLS over the sockets of package poll, by crypto/tls of the standard library.
//
//	// hello greets a client, whose handshake is made by the first Write.
//	//
//	//async:func
//	func hello(raw *poll.Conn) error {
//		c := tlspoll.Server(raw, config) // a *tls.Config, as for crypto/tls
//		defer c.Close()                  // tells the client that this is the end
//		_, err := rt.Await(c.Write([]byte("hello\n")))
//		return err
//	}
//
// Such a handler makes a [poll.Server], with its limits and its grace, one for TLS:
//
//	s := &poll.Server{MaxConns: 1000, Grace: 10 * time.Second}
//	err := rt.Await0(s.Serve(ln, hello)) // ln is a *poll.Listener
//
// [Listen] and [Dial] are for those who accept, or connect, themselves.
//
// A [Conn] is a net.Conn and a [Listener] is a net.Listener. Each operation has three forms, as in package poll: c.Read blocks its
// goroutine, c.ReadAsync returns an awaitable, and [ConnReadOp] is the same operation to embed in a frame. In the source language one
// writes rt.Await(c.Read(p)). It is a package of its own since crypto/tls makes a program larger by some megabytes, which who needs no TLS
// should not have; its name leaves the name tls to crypto/tls, which everybody who uses it imports as well. Only Linux is supported: on
// other systems the package is empty.
//
// # How records are read without a goroutine
//
// Crypto/tls reads from a net.Conn that blocks. Here it sees a transport that does not: where nothing is there it returns
// [poll.ErrWouldBlock], which is temporary. Errors of that kind are the one thing that crypto/tls does not remember (conn.go,
// readRecordOrCCS), and what it has read of a record, of its header too, it keeps (rawInput), as it keeps what it has of a message that
// is longer than a record (hand). So the Read of a tls.Conn fails, and is made again when the socket is readable. Session tickets, key
// updates and alerts come in between, and are dealt with inside that Read. All this is pinned by tests (pin_test.go), which a version of
// Go that changes it will fail.
//
// An error during a handshake, though, crypto/tls remembers, temporary or not. So the handshake runs as a coroutine, on a goroutine that
// pauses where the transport has nothing; see [Conn.Handshake]. And so renegotiation, a handshake inside a Read, cannot be: a tls.Config
// that allows it is refused by the first operation. It is off unless one asks for it, and TLS 1.3 does not have it.
//
// # How records are written
//
// Any error of a write ends a session of crypto/tls, since the record is encrypted already and its number used. So the transport takes
// everything, into a queue. The queue holds one piece of a Write, of 16 KiB, beside what reading has made crypto/tls send; 64 KiB at
// most, then the session fails. (The flights of a handshake may be longer, if our certificates are.) An operation takes the next piece
// when the socket has taken all of the last. So the bytes of a cancelled Write are neither lost nor sent twice: they are in the queue, in
// order, under the numbers they were encrypted with.
//
// # What an idle connection costs
//
// Its buffers are those that crypto/tls keeps: none for writing, and one for reading, as large as the largest record or handshake flight
// so far and half a kilobyte. There is no goroutine; the operation that waits is part of the frame that awaits it. Who waits by
// [Conn.WaitRead] needs no buffer to read into meanwhile, either. BenchmarkIdle compares both with a goroutine for each connection.
//
// # Waiting for one of several
//
// [Listener.AcceptOp] is for rt.Select. A [Conn] has nothing that is: what a Select has not chosen must have done nothing, and a read of
// TLS does much before it knows whether there is data. It makes a handshake, on other goroutines, and then decrypts records, which may
// turn out to be a session ticket or half of a record; that the socket is readable says little. So have a task read, and let the
// Select wait for its end:
//
//	reading := rt.Spawn(func() (int, error) { return rt.Await(c.Read(buf)) })
//	switch i, err := rt.Await(rt.Select(reading.WaitOp(), stop.WaitOp())); {
//
// A task that was not chosen reads on, and is given to the next Select. Who has no use for it any more cancels it and waits for it, which
// loses nothing: it has read, or what it waited for is there for the next Read. The example of Conn.Read shows it.
//
// # Where is what
//
//	conn.go          a connection
//	transport.go     what crypto/tls sees of the socket; the queue
//	handshake.go     the coroutine of a handshake
//	handshake_op.go  who drives it
//	outcome.go       what all operations have in common
//	transfer.go      what Read and Write have
//	read.go, wait.go, write.go, close.go, listener.go, dial.go
package tlspoll
