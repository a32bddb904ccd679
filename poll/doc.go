// Package poll provides sockets whose operations can be awaited, and the Poller with which a loop of package rt waits for them.
//
//	// serve echoes what each client of ln sends, until ln is closed.
//	//
//	//async:func
//	func serve(ln *poll.Listener) error {
//		s := &poll.Server{MaxConns: 1000, Grace: 10 * time.Second}
//		return rt.Await0(s.Serve(ln, echo))
//	}
//
//	//async:func
//	func echo(c *poll.Conn) error {
//		for buf := make([]byte, 4096); ; {
//			n, err := rt.Await(c.Read(buf))
//			if err == io.EOF {
//				return nil // Serve closes c
//			}
//			if err != nil {
//				return err
//			}
//			if _, err := rt.Await(c.Write(buf[:n])); err != nil {
//				return err
//			}
//		}
//	}
//
//	ln, err := poll.Listen("tcp", "127.0.0.1:7007")
//	…
//	err = rt.RunAsync0(serveAsync(ln)) // the generated form of serve, on a loop of its own
//
// A [Conn] is a net.Conn and a [Listener] is a net.Listener, of TCP or of Unix sockets; a [PacketConn] is a net.PacketConn, of UDP or of
// Unix sockets; a [File] is any other descriptor that the kernel can wait for. Each operation has three forms: c.Read blocks its goroutine,
// c.ReadAsync returns an awaitable, and [ConnReadOp] is the same operation to embed in a frame, so that awaiting it allocates nothing. In
// the source language one writes rt.Await(c.Read(p)). What c.ReadOp returns is for rt.Select. [FromConn], [FromListener], [FromPacketConn]
// and [FromFile] take over what other packages have opened; File and SyscallConn lend what is ours. Importing the package gives every new
// loop a [Poller]. Only Linux is supported: on other systems the package is empty.
//
// # Serving
//
// [Server.Serve] is a function in the source language, too, but for what each connection takes memory for. The task that calls it
// accepts; a second one, behind a shield, has the group in which the handlers run, so that a cancel of the first ends accepting alone,
// and what it does to the handlers can wait for their grace. The listener's queue is the only place where connections wait: accepting
// stops at the limit of connections, and a turn of the loop accepts no more than a task may complete operations in a row, 256. When there
// are no descriptors, the accept leaves the connection in the kernel's queue; the next try is a timer's, since no event tells when
// somebody has closed something. An idle connection takes some 260 bytes beside what its handler keeps.
//
// A handler is trusted with time: it is its deadlines that end peers who send a byte a minute. The deadline of a Conn that is set again
// for every message costs no timer each time; rt.Timeout0 around a handler, or a part of it, bounds all that it awaits.
//
// # Connecting
//
// A [Dialer] looks a name up, tries the addresses that it has, two families in turn, each beside the ones before when those take long, and
// closes all that it connected but the first. What can be awaited in that is a lookup and the connect of one socket; the rest is written
// in the source language, in attempts.go, and compiled like a user's code. So every way out of it is one that cancels and scopes know.
//
// A lookup blocks a goroutine, for up to ten seconds or more if the name server is away, and a cancel cannot end every kind of it. So
// lookups do not compete with rt.Blocking for goroutines; the process makes a bounded number at a time; and those who ask for the same
// name at the same time share one, on whichever loops they are. Who asks only waits for a post. The last one to give up cancels the lookup.
//
// # Streams
//
// A [Reader] reads lines and parts of known length from any io.Reader, a [Writer] gathers small writes to any io.Writer, and [Copy] goes
// from one to the other. [Read], [ReadFull], [ReadAll] and [Write] do without a buffer of their own. They await what can be awaited, an [AsyncReader]
// or [AsyncWriter]: a Conn, whose system calls they make themselves, another stream of this package, or a type of the user's. Whatever
// else is read or written is called on a goroutine of rt.Blocking, which a cancel cannot stop: what it returns is kept for the next
// operation of the Reader or Writer.
//
// A thousand idle connections should not hold a thousand buffers. That a system call comes after the wait for readiness, and not before
// it, is of use here: a Reader takes its buffer from a pool when the socket is readable, and gives it back when no data waits in
// it. The price is that one operation knows both the socket and the buffer, where layers would be simpler.
//
// Each of these operations is a frame with two methods that know nothing of tasks: step takes what it needs out of the buffer and reports
// whether that is all, fill (for a Writer, drain) gets more. The async form suspends in fill, the blocking form blocks in fillHere, and
// both go through the same steps.
//
// # Closing
//
// Close may come from any goroutine at any time. A system call runs under a reference to the descriptor; the last reference removes
// it from the epoll set (explicitly: a duplicate of the descriptor, in this process or a child's, would keep the registration alive) and
// closes it. Operations that wait are woken with [net.ErrClosed].
//
// A blocking form that finds nothing ready registers the descriptor in Go's netpoller as well, through os.NewFile on the same number;
// from then on the os.File owns the number, and its own reference count covers the blocked calls.
//
// # What goes wrong
//
// FAULTS.md has a row for each way in which sockets and loops fail: what this package promises about it, and the tests that hold it to
// that.
//
// A number in a comment, "statement 219", is that of a statement on how Python's asyncio behaves. rt/CONFORMANCE.md has one line for each,
// though not its text: its subject, the test that holds the packages to it, and where they differ on purpose.
//
// # How a loop waits
//
// A thread that blocks in epoll_wait costs a hand-over of its P at the beginning and a wake of its own at the end: at GOMAXPROCS=1 a
// request over one connection took from a tenth more to six times as long, by machine. So the Poller makes only calls that never block:
// epoll_wait with a timeout of zero, as a raw system call that the scheduler does not see. When nothing is ready it parks its goroutine
// on the epoll descriptor, which is itself registered in Go's netpoller (os.NewFile and SyscallConn().Read). While it waits it holds no
// thread.
//
// The hazards, each of which has a test:
//
//   - Go's netpoller is edge-triggered and forgets, when a wait begins, what it saw before it. So whatever may make the epoll
//     descriptor readable is polled after that point and before parking: in the callback of Read, never only ahead of it.
//   - A wake from another goroutine is a read deadline in the past. It stays in the past until Prepare clears it. Whoever posts work
//     puts it in a queue first and wakes the loop then, if the loop says it sleeps; the loop calls Prepare, says that it sleeps, looks
//     at the queue, and waits. Clearing the deadline any later could erase a wake that the look at the queue had missed.
//   - A read deadline is no timer: it is rounded to milliseconds. Timeouts use a timerfd in the epoll set, set again only when the
//     earliest deadline has moved to an earlier time (a setting costs 0.8 µs, an early return of Wait less).
//   - A loop that always finds something ready never gives Go's scheduler a reason to look at its netpoller, and at GOMAXPROCS=1 the
//     other goroutines starve by up to 19 ms. After a busy millisecond Wait parks once for a microsecond.
//
// # Readiness
//
// A descriptor is registered once, edge-triggered, for both directions, when an operation first has to wait. From then on each direction
// keeps one bit: whether a system call may succeed. A call that found nothing clears it, an event sets it; so does a short read clear
// it over TCP, because the kernel reports whatever comes later as a new edge, which saves a receive in vain for each request. (The end of
// the stream is such an edge too, but may arrive together with the data, and a receive stops short at urgent data: once one of the two has
// been reported, short reads mean nothing. Over Unix sockets they never do, as a receive stops behind a descriptor that was passed, nor
// does the size of a datagram: see packet_op.go.) ERR and HUP concern both directions.
//
// What waits is told that its descriptor is ready, not given the data: the operation makes the system call itself after it was resumed.
// An operation that is cancelled between these two moments has taken nothing, so that a cancel cannot lose bytes or a connection.
//
// One exception: a [Waiter], which rt.Select takes, makes its system call when the event is dispatched, before the task is woken. To be
// woken is to be chosen, and that is when the others are withdrawn, so it must have done its work by then and not find out later that
// there was nothing to do. Nothing is lost by a cancel either: a Select that has chosen returns its choice.
//
// The kernel's event carries the descriptor's number and a generation. Numbers are used again as soon as they are closed, possibly
// between an event's collection and its dispatch; a generation that is not the current one drops the event.
//
// # Fairness
//
// A fiber runs until it has completed as many operations as its credit allows. Since one operation can move much, bytes cost credit too: who
// has moved 256 KiB lets others run, also in the midst of a large Write, whose direction stays busy meanwhile. So however fast a peer
// sends, the others get their turn and timers are not late by more than the copying of that, and of one operation that began before it.
//
// # Where is what
//
//	epoll.go     the Poller
//	table.go     which descriptor an event belongs to
//	syscall.go   the system calls that never block
//	fd.go        a descriptor: references, closing, its loop
//	fd_extra.go  the part of it that few need: deadlines, blocking forms, rare addresses
//	wait.go      the two directions of a descriptor: readiness, deadlines, who waits
//	clock.go     deadlines by the clock of a loop that has its own
//	operation.go what the operations that wait for a descriptor have in common
//	waiter.go    the operations that one can hold, for rt.Select
//	block.go     the blocking forms
//	conn.go, read.go, write.go, writev.go, sendfile.go, conn_options.go, listener.go
//	file.go      descriptors that are no connections
//	try.go       attempts that do not wait
//	when.go      the wait for the next attempt, for protocols that read by themselves
//	ready.go     waiting for readiness alone, of a connection or a File
//	adopt.go     what is shared with other packages
//	raw.go       system calls of others with our descriptors
//	dial.go      Dialer
//	resolve.go   which addresses there are to connect to
//	lookup.go    lookups of names
//	attempts.go  attempts at several addresses
//	connect.go   the connect of one socket
//	listen.go    ListenConfig
//	prepare.go   options of new sockets
//	server.go    Server
//	server_handler.go  the connections that it serves
//	server_drain.go    their end, and those that do not end
//	unix.go      listeners and connections of Unix sockets
//	address.go   addresses of sockets of any network
//	sockaddr.go  addresses that the kernel wrote, and the errors that name them
//	packet_*.go  datagrams: conn the socket, listen and dial how one comes about, op what its operations have in common, read, write,
//	             message and batch the operations, select those for rt.Select, room the wait for a peer that is full, adopt what is shared
//	             with other packages, group multicast, addr, zone and syscall what the kernel is told
//	stream.go    AsyncReader, AsyncWriter, and calls of what is neither
//	buffer.go    the pool of buffers
//	reader.go, reader_op.go, reader_here.go, reader_read.go, reader_until.go, reader_peek.go
//	writer.go, writer_op.go, writer_write.go, sink.go, sendmsg.go
//	readwrite.go, read_all.go  Read, ReadFull and Write; ReadAll
//	copy.go, copier.go, copy_splice.go, copy_file.go, conduit.go
package poll
