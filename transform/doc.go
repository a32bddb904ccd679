// Package transform compiles Go functions marked //async into coroutines:
// structs with a Resume method that a loop, a generator or a caller by hand
// runs from one suspension to the next.
//
// # Theory of operation (goldens comments)
//
// The source of an async function is ordinary Go. rt.Await(f(x)) is an
// identity on what f(x) returns, so Go's own type checker has checked the
// function before we see it, and called directly it blocks. We write a second
// form beside it, in which each await is a place where the function can leave
// and come back.
//
// A function with awaits cannot stay structured: Go has no goto into a loop.
// So its body becomes flat code, labels and jumps at the top level of one
// method, and coming back is a switch over the state that jumps to the label
// behind the await. Two rules keep the result readable and right:
//
//   - Only what contains an await is taken apart. Everything else stays the
//     source text it was, comments and layout with it, and only references in
//     it are edited: a variable that is a field becomes co.x, a return becomes
//     assignments to the results, a break out of a loop that was taken apart
//     becomes a goto. What Go means by the rest of the text we need not know.
//   - The machine resumes exactly at the suspension and never runs anything
//     again to get there.
//
// The passes, each in one direction only:
//
//	load     patterns to typed packages; stubs stand for async forms not there yet
//	resolve  each await to the coroutine, operation or async form that it calls
//	check    every refusal; after it nothing may fail for the user
//	lower    a function to flat code (ir.go)
//	store    liveness on the flat code: where each variable is kept (live.go)
//	emit     flat code to a file (emit*.go), source text through splice*.go
//
// The syntax tree is never changed; facts are kept beside it. The same input
// gives the same bytes.
//
// # Awaits (goldens worked-example, return-*, results-*, method-*, recursion, generic, blocking)
//
// An awaited call is a frame of its own, a field of the caller's, so nothing
// is allocated. One field serves all calls of one type, as one is under way at
// a time: if they are recursive or large, by a pointer. What is only known by
// its async form (another package's, an interface's method) allocates itself.
//
//	n, err := rt.Await(c.size(u))
//
// becomes
//
//		co.call2.Init(co.c, co.u)
//		if !co.call2.Start(fb, co) {
//			return co.Suspend(2)
//		}
//
//	await2: // rt.Await(c.size(u))
//		n, err := co.call2.Result()
//
// If the call is ready at once there is no store of a state and no jump: the
// code falls through to the label. After a suspension the switch at the top of
// Resume jumps to it. In both cases the statement with the await follows as it
// was written, with Result in the await's place; so assignment, multiple
// values, conversion and the order of the rest are Go's own.
//
// # Awaits inside expressions (spill*.go, lower_maplit.go; goldens spill-*, and-or-value, await-*, assign-*, receive-*, send-*, go-*, literal-map, literal-operands)
//
// Go orders the calls, receives, && and || of an expression; gc reads plain
// variables after them. In
//
//	return h(), check(i, rt.Await0(f(g())))
//
// h() must run before f suspends, g() is an argument of f, and i is read at
// the end. So what stands left of an await and has an effect is evaluated into
// a variable of its own first, and nothing else moves:
//
//	co.tmp1 = h()
//	co.call1.Init(g())
//	…
//	co.result, co.err = co.tmp1, check(co.i, rt.Unpack0(co.call1.Result()))
//
// A map literal with an entry that awaits is built entry by entry, as gc does
// (lower_maplit.go). && and || whose right operand awaits become branches:
//
//	w && ok(rt.Await0(f()))     tmp1 := w
//	                            if !tmp1 {
//	                            	goto and1
//	                            }
//	                            …
//	                            tmp1 = ok(rt.Unpack0(co.call1.Result()))
//
//	                            and1:
//
// # Tail awaits (tails.go)
//
// A function that ends with the await of another, which may come back to it,
// would leave a frame behind at each turn. If nothing is left to do behind it,
//
//	return rt.Await(pong(n - 1))
//
// becomes
//
//		co.tail = pongAsync(co.n - 1)
//		if !rt.StartTail(fb, co) {
//			return co.Suspend(1)
//		}
//
//	await1: // rt.Await(pong(n - 1))
//		co.result, co.err = co.tail.Result()
//		return co.End()
//
// where StartTail has the first of a chain of such calls await the last, and
// forgets those between.
//
// # Variables (vars.go, live.go; goldens variables-*, declare-*)
//
// A variable that no suspension lies between its writing and its reading needs
// no field. The analysis is exact because it runs on the flat code, where
// control flow is explicit. By its answer a variable is kept
//
//   - as it is written, if one statement's text holds all of it;
//   - in a block, if it is declared and used between two labels: goto may not
//     jump over a declaration, so such a stretch gets braces;
//   - at the top of Resume, if it crosses a jump but no suspension, in a box if
//     it is large, since Go sets it to zero each time that Resume is called;
//   - in the frame, if it crosses a suspension.
//
// Parameters and results are always in the frame. Variables of one name and
// type that never live at once share a field, as do our own and large ones.
//
// A field that holds pointers and is dead is cleared before a suspension, so
// that a suspended frame keeps nothing alive that the source could no longer
// reach; so is an embedded coroutine that has ended and may hold pointers. It
// cannot clear its results itself, as they are still to be read. Operations of
// rt and poll do it in Result. What only some of several ways to a suspension
// have left is cleared where these end (dying.go).
//
// # Closures and addresses (scan.go; goldens closure-*, address-*, literal-plain)
//
// What a literal captured, or whose address was taken, may outlive the frame,
// and the frame may be used again. And in a loop each iteration has variables
// of its own. So such a variable, unless it is a block's, lives in a box:
//
//	total := 0
//	each(func(n int) { total += n })
//
// becomes
//
//	co.total = new(0)
//	{
//		total := co.total
//		each(func(n int) { *total += n })
//	}
//
// The literal gets the box, never the frame. Executing a declaration makes a
// new box; the variables of a for clause get a new one, with the old value,
// before its post statement. Deferred literals outside of loops refer to the
// frame itself, which they do not outlive as literals in them that await may.
// A literal given to rt.Blocking runs elsewhere and gets copies.
//
// # Local types and constants (hoist.go, splice_types.go; goldens local-type-*)
//
// Constants and types of the body stand at the top of Resume, those inside a
// statement that stays in that statement. But a field whose type is local, the
// type arguments of an awaited call and a literal's coroutine are outside of
// Resume and have to name it. Such a type is declared at package level:
//
//	func track(n int) error {        // point is a type of track.
//		const size = 2               type point [2]int
//		type point [size]int
//		p := point{n}                type trackCoro struct {
//		rt.Await0(f())               	…
//		use(p)                       	p point
//
// It has all type parameters of its function, also those that it does not
// mention, since each instance of a function has types of its own:
//
//	func kept[K, V any](k K) …       type mark[K, V any] struct{ k K }
//		type mark struct{ k K }
//		m := mark{k}                 co.m = mark[K, V]{co.k}
//
// A constant in its declaration becomes its value, or the expression of that
// if the machine decides it; an alias what it stands for; an array of which
// only the length counts a value of its type. Constants and aliases are the
// same wherever they are declared, so a literal's coroutine gets its own.
//
// The type keeps its name if it is free: at package level, in the universe,
// among imports, in all files of the folder. The first type of a name gets it.
// Another is called after its function, trackPoint, and %T and reflection show
// that; so they do where two types of one name stand at the top of Resume,
// point and point2, and where a local type has type parameters of its own in a
// function with some, box[int;string], which becomes box[int,string].
//
// A field is called like the type that it embeds. So what a struct embeds comes
// before all others, and is refused if the name is taken: a field of the name
// with another type would not be embedded.
//
// A type of another package that is not exported has no name here. A variable
// of it may live between two awaits, but not across one.
//
// # if (lower_if.go; goldens if-*, and-or-condition, native-statements)
//
// A statement whose awaits are all in the part that runs first and once (the
// init statement, or else the condition, tag or operand) stays what it is,
// with the results in it (head in lower.go). Otherwise an if becomes
//
//	if !(cond) {
//		goto else1
//	}
//	body
//	goto endif1
//
//	else1:
//	rest
//
//	endif1:
//
// The operands of a condition that awaits each get a test and a jump.
//
// # switch, type switch (lower_switch.go), select (lower_select.go; goldens switch-*, type-switch-*, select-*)
//
// A switch stays as the thing that chooses, so that Go itself compares the
// cases in its order; its clauses only jump:
//
//	switch tag {
//	case a, b:
//		goto case1
//	default:
//		goto case2
//	}
//
// With awaits in the cases they are compared by ifs, one after the other. The
// variable of a type switch is another one in each clause, where it is
// declared: x := tag1.(T). The cases of a select receive into variables of our
// own, which the clause assigns, since what stands left of = is evaluated only
// then.
//
// # for (lower_for.go), range (lower_range.go; goldens for-*, range-*)
//
//	for1: // for i := 0; i < n; i++
//	if !(co.i < co.n) {
//		goto end1
//	}
//	body
//
//	next1:
//	co.i++
//	goto for1
//
//	end1:
//
// What is ranged over is evaluated once, into range1. The key is the position
// itself if the body only reads it; a body that changes it gets a position of
// its own, index1, beside it. Strings decode one rune at a time; an array is
// copied into range1, as Go does.
//
// Only Go knows where an iteration over a map stands while the body changes
// it, so rt goes through it with Go's own (package reflect). A function runs on
// a coroutine of Go's own, from which rt pulls values:
//
//	co.range1 = rt.Range(&co.Defers, f)
//
//	for1: // for v := range f
//	if !co.range1.Next() {
//		goto end1
//	}
//	co.v = co.range1.Key()
//
// A jump out of the loop stops it before, once a loop in it that stayed whole
// has ended; a return or panic leaves it to Leave, which stops it before the
// deferred calls run, as in Go the function returns before them.
//
// # break, continue and goto (targets.go; goldens labels-*, goto-*, native-jump)
//
// Those that mean a statement which was taken apart become gotos, also out of
// text that stayed whole. Others are left. A statement that a goto means from
// elsewhere begins with a label of the flat code, under its own name.
//
// # return and defer (splice_return.go; goldens return-forms, defer-*)
//
// A return assigns to the results' fields and ends Resume; in a loop over a
// function that stayed whole by a goto, since that function has yet to return.
// A deferred call becomes a record that rt runs later, last to first, each
// under a defer statement of Go's own, so recover works where it does in Go:
//
//	defer func() { … }()    co.Defer(func() { … })
//	defer c.release()       co.Defer(co.c.release)
//	defer c.Close()         co.DeferErr(co.c.Close)
//	defer finish(a, 1)      {
//	                        	arg1 := a
//	                        	co.DeferCall(func(raise func()) {
//	                        		defer finish(arg1, 1)
//	                        		raise()
//	                        	})
//	                        }
//
// Function, receiver and arguments are evaluated where the statement stands.
//
// # Generators (mark_yield.go, splice_yield.go; goldens generator-*)
//
// yield(v) hands v to who drives the generator, through an rt.Yielder that all
// frames of one generator share, and always suspends:
//
//		co.yield.Yield(fb, co, v)
//		return co.Suspend(1)
//
//	yield1: // yield(v)
//		got, err := co.yield.Received()
//
// rt.Await(inner(yield)) starts inner's frame with the same rt.Yielder: what is
// sent or thrown reaches the innermost generator without passing the others.
//
// A generator that awaits, in its body or a deferred literal, anything but
// generators that get its yield and await nothing, is an async generator
// (mark_yield.go): the code is the same, and the async form returns an
// *rt.AsyncGenerator, whose Next is awaited. Generator and asker take turns on
// one fiber: neither is a call of the other, and so what the generator awaits
// is resumed at once, at any depth, and sees the asker's scope and cancels.
//
// # Iterators (resolve_yield.go, lower_yield.go; goldens iterator-*, range-iterator)
//
// A yield of Go's own, func(V) bool, makes an iterator. It suspends as a
// generator's does, and its result is one value:
//
//		co.yield.Yield(fb, co, v)
//		return co.Suspend(1)
//
//	yield1: // yield(v)
//		if !co.yield.Continue() {
//
// Two values go as an rt.Pair. The async form returns an *rt.Iter or *rt.Iter2,
// a pull iterator without a goroutine. A call that passes yield on is an await
// without rt.Await: the inner one gets the same rt.Yielder, so that a value
// comes out of any depth at once.
//
//	if !t.l.walk(yield) {    co.call1.Init(co.t.l)
//	                         co.call1.Yields(co.yield)
//	                         if !co.call1.Start(fb, co) {
//	                         	return co.Suspend(1)
//	                         }
//
//	                         await1: // t.l.walk(yield)
//	                         if !co.call1.Result() {
//
// Nothing else may be done with yield, since nothing else could suspend. An
// iterator cannot be awaited, and so it cannot await.
//
// A function whose body is return func(yield func(V) bool) { … } is the
// iterator that it returns: that literal's body becomes the coroutine's, with
// the function's parameters. The pull iterator is one iteration, where the
// plain form gives a value that can be ranged over again, each time with the
// parameters as the iteration before left them. Where it gets this function's
// yield, f(x)(yield), it is yield from as well.
//
// A loop that suspends in its body and ranges over the call of such a
// function, over an iterator by name, or over a literal that only calls one,
// pulls that one's coroutine; all else is as for other functions:
//
//	co.range1 = rt.RangeIter(&co.Defers, fAsync(co.x))    // for v := range f(x)
//
// # The async for (resolve_each.go, lower_each.go; goldens range-each)
//
// for v, err := range rt.Each(source) awaits each value of an async generator:
// a marked one by name, the call of one in a literal that only passes its
// yield on, or any other literal, which then is an async generator of its own.
//
//		co.range1 = rt.RangeEach[int](&co.Defers, ticksAsync(3))
//
//	for1: // for v, err := range rt.Each(…)
//		if !co.range1.Start(fb, co) {
//			return co.Suspend(1)
//		}
//
//	await1: // rt.Each(…)
//		if !co.range1.Next() {
//			goto end1
//		}
//		v, err := co.range1.Key(), co.range1.Value()
//
// Leaving the loop has the generator end, and its deferred calls may await. So
// a jump out of the loop goes through code of its own, which awaits that and
// then jumps on; it stands behind the loop, and its state after all others:
//
//	leave1:
//		co.range1.Stop()
//		if !co.range1.Start(fb, co) {
//			return co.Suspend(5)
//		}
//
//	await5: // rt.Each(…)
//		co.range1.Left()
//
// A return or a panic leaves it to Leave, as for other loops over functions,
// which then suspends as for a deferred literal that awaits.
//
// # Functions that need to know who runs (splice_call.go; goldens task-*)
//
// rt.Spawn(f) becomes rt.SpawnIn(fb, f), and g.Go(f) becomes g.GoIn(fb, f).
//
// # Slots (slots.go, resolve_slots.go, resolve_fill.go, emit_maker.go; goldens slot-*)
//
// Where the plain form has a func(A) (R, error) that is awaited, the generated
// form has a func(A) rt.Awaitable[R], which makes a call that has not begun:
//
//	func retry(f func() (int, error)) (int, error) {
//		return rt.Await(f())
//	}
//
//	co.call1 = co.f()
//
// Such a parameter, variable or field is a slot; so is what is given to one or
// takes its value. A field and a package's variable have their async form beside
// them, under the name with Async, which the package declares. An async function
// that sets one sets that; other code has to set both (check_pairs.go). Which
// parameters are slots is part of the async form's signature, and depends on the
// types in the body; the package is type-checked with stubs until nothing changes.
//
// A slot is filled by a function or method that has an async form, by its
// name; by another slot; by a literal; or by a call of a function that makes
// async functions. Such a one is marked and returns nothing else; it awaits
// nothing itself, so its async form is an ordinary function.
//
// # Function literals (splice_lit.go; goldens literal-awaits)
//
// A literal that fills a slot has a coroutine of its own. Its parameters are
// what it captures, then its own:
//
//	func(u string) (page, error) { … }
//	func(u string) rt.Awaitable[page] { return crawlFunc1Async(seen, u) }
//
// It gets boxes and addresses of variables that somebody writes, and copies of
// the others. One that only returns an await becomes a function that makes that
// call; one that awaits nothing stays what it is, in rt.Func.
//
//	func() (page, error) { return rt.Await(fetch(u)) }
//	func() rt.Awaitable[page] { return fetchAsync(u) }
//
// A deferred literal that awaits is a coroutine, too. It gets the addresses of
// fields, since the frame is there until it has ended; recover in it asks the
// deferred calls of that frame.
//
//	call := &fetchFunc1Coro{}
//	call.Init(&co.Defers, &co.err)
//	co.DeferCo(call, call.Check)
//
// # Initialisation (initorder.go)
//
// Go initialises a package's variables in the order of what they refer to,
// also through functions. It does not follow an interface's call of Resume. So
// if an initialiser may run a coroutine that refers to such variables, Init
// mentions Resume.
//
// # What Go leaves open (spill_copies.go; goldens spill-copies)
//
// Go orders calls but not the operands beside them: in fmt.Sprint(x, x == y,
// f()) where f changes x, gc reads x after f, and compares before it, for it
// needs a copy. The two forms of a function agree on what Go orders, and on what
// gc does as far as it does it always (spill_copies.go).
//
// # Files (load*.go)
//
// Each x.go with marks becomes x_async.go. What the go command reads in a name
// stays at its end (x_async_linux_test.go), and a //go:build line is copied, so
// the two files are always in the same builds; it also asks for the version of
// Go that generated code is written in (load_constraints.go). What is compiled
// is what is in the build at hand; what was generated from other files stays
// as it is, as long as their text has marks. Copies of packages, in the module
// cache or a vendor folder, are only read (load_modules.go). What stands in a
// generated file is of no consequence (load_hide.go).
//
// Sources may have CRLF ends of lines and a byte order mark; what is generated
// has neither. Files may use cgo (load_cgo.go), if the marked functions do not.
//
// # Names (names*.go; goldens names-*)
//
// The user's names win. What we invent, and a second variable of one name,
// gets a number from 2 where it would collide; so does what the text around a
// name of ours declares (names_hidden.go). An import is renamed where a
// function uses its name for something else. A type parameter that a receiver
// leaves blank is called as its type calls it.
//
// # Where is what
//
//	transform.go                      options in, results out: the passes
//	mark.go load*.go overlay.go       packages, marks, stubs
//	check_types.go check_imports.go   type-checking with the stubs
//	resolve*.go                       what each await calls; the forms of a package
//	check*.go missing.go diag.go      refusals
//	model.go ir.go                    what the passes hand on
//	lower*.go targets.go spill*.go    flat code, one construct a file
//	*_yield.go                        generators and iterators, in each pass
//	tidy.go terminate.go              labels and jumps that are not needed
//	vars.go scan.go live.go dying.go  variables, references, liveness and places
//	nameable.go names*.go             types that cannot be fields; invented names
//	hoist.go splice_types.go          local types and constants
//	typetext.go typewalk.go           types as the generated code writes them
//	slots.go overlay_slots.go         async functions as values
//	tails.go                          awaits that a function ends with
//	initorder.go                      coroutines that run while a package is initialised
//	text.go splice*.go                source text with edits
//	emit*.go                          files, types, methods, Resume
//	fix.go vet.go vet_known.go        marks in other spellings rewritten; warnings of what blocks a loop
package transform
