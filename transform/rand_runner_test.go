package transform

// worldRunner runs the programs.
const worldRunner = `// ---- runs

type Values []any

// A Form runs a program in one of its forms.
type Form func(Script) *World

type Program struct{ Plain, Async Form }

// convert awaits aw and converts its result.
type convert[T any] struct {
	aw rt.Awaitable[T]
	f  func(T) Values
}

func (c *convert[T]) Start(fb *rt.Fiber, parent rt.Resumable) bool { return c.aw.Start(fb, parent) }
func (c *convert[T]) Result() (Values, error) {
	v, err := c.aw.Result()
	return c.f(v), err
}

func Convert[T any](aw rt.Awaitable[T], f func(T) Values) rt.Awaitable[Values] {
	return &convert[T]{aw, f}
}

func Function(plain func(*World) (Values, error), async func(*World) rt.Awaitable[Values]) Program {
	return Program{
		func(s Script) *World {
			return run(s, func(w *World, l *rt.Loop) *rt.Task[Values] {
				return rt.Spawn(func() (Values, error) {
					defer w.ends()
					return plain(w)
				})
			})
		},
		func(s Script) *World {
			return run(s, func(w *World, l *rt.Loop) *rt.Task[Values] { return rt.SpawnOn(l, &ending{async(w), w}) })
		},
	}
}

// ending awaits a program and notes its end.
type ending struct {
	rt.Awaitable[Values]
	w *World
}

func (e *ending) Result() (Values, error) {
	defer e.w.ends()
	return e.Awaitable.Result()
}

// observe runs f on a goroutine that it may leave by a panic or by Goexit.
func (w *World) observe(f func()) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		returned := false
		defer func() {
			switch p := recover(); {
			case returned:
			case w.exited != nil && p == nil:
				w.log("goexit")
			case w.exited != nil: // a deferred call panicked under it
				w.log("goexit, panic "+Panic(p))
			default:
				w.log("panic "+Panic(p))
			}
		}()
		f()
		returned = true
	}()
	<-ended
}

func run(s Script, spawn func(*World, *rt.Loop) *rt.Task[Values]) *World {
	w := newWorld(s)
	w.observe(func() {
		l, err := rt.NewLoop(rt.LoopOptions{})
		if err != nil {
			panic(err)
		}
		defer l.Close()
		var t *rt.Task[Values]
		l.CallSoon(func() {
			t = spawn(w, l)
			w.root, w.cancel = t.Fiber(), t.Cancel
			l.Stop()
		})
		if err := l.Run(); err != nil {
			panic(err)
		}
		returned := false
		defer func() { w.cut = !returned && !w.left && w.exited != nil && l.Tasks() > 0 }()
		v, err := rt.RunUntil(l, t)
		returned = true
		w.end(v, err)
	})
	return w
}

func (w *World) end(v Values, err error) {
	var c *rt.Canceled
	text := fmt.Sprint(err)
	if errors.As(err, &c) {
		text = fmt.Sprint("cancelled ", c.Cause)
	}
	w.log(fmt.Sprint("returned ", []any(v), " ", text))
}

func Generator(plain, async func(*World) *rt.Generator[int, string, int]) Program {
	return Program{
		func(s Script) *World { return drive(s, plain) },
		func(s Script) *World { return drive(s, async) },
	}
}

// drive drives a generator: operation k of the script is its k-th yield.
func drive(s Script, start func(*World) *rt.Generator[int, string, int]) *World {
	w := newWorld(s)
	w.observe(func() {
		g := start(w)
		for ; w.ops < 60; w.ops++ {
			v, ok := w.advance(g)
			if !ok {
				break
			}
			w.log(fmt.Sprint("yielded ", v))
		}
		v, err := g.Result()
		w.end(Values{v}, err)
	})
	return w
}

// advance does the next operation on a generator.
func (w *World) advance(g *rt.Generator[int, string, int]) (v int, ok bool) {
	switch act := w.script.action(w.ops); {
	case act == Fail, act == FailLater, act == CancelWaiting:
		return g.Throw(fmt.Errorf("thrown %d", w.ops))
	case act == PanicStart, act == PanicResult, act == CancelBefore, act == CancelReady:
		w.log(fmt.Sprint("close ", g.Close()))
		if act == PanicStart {
			return 0, false
		}
		return g.Next()
	case act == Later && w.ops > 0:
		return g.Send(fmt.Sprint("s", w.ops))
	}
	return g.Next()
}

// Compare runs a program under all scripts in both forms and returns how
// many, and the first difference.
func Compare(p Program, most int) (scripts int, difference string) {
	bases := [][2]Action{{Ready, Ready}, {Later, Later}, {Ready, Later}}
	for i, base := range bases {
		ops, diff := compare(p, Script{Base: base, At: -1})
		scripts++
		if diff != "" {
			return scripts, diff
		}
		for k := range min(ops, most) {
			for act := range Actions {
				if act == base[0] && base[0] == base[1] || i == 2 && act%2 == Action(k%2) {
					continue
				}
				_, diff := compare(p, Script{Base: base, At: k, Act: act})
				scripts++
				if diff != "" {
					return scripts, diff
				}
			}
			for _, then := range []Action{PanicStart, PanicResult} { // what is awaited in deferred calls panics under Goexit
				_, diff := compare(p, Script{Base: base, At: k, Act: Exit, Then: then})
				scripts++
				if diff != "" {
					return scripts, diff
				}
			}
		}
	}
	for even := range Actions {
		for odd := range Actions {
			_, diff := compare(p, Script{Base: [2]Action{even, odd}, At: -1})
			scripts++
			if diff != "" {
				return scripts, diff
			}
		}
	}
	return scripts, ""
}

func compare(p Program, s Script) (ops int, difference string) {
	plain, async := p.Plain(s), p.Async(s)
	if a, b := strings.Join(plain.Trace, "\n"), strings.Join(async.comparedTo(plain), "\n"); a != b {
		return plain.ops, fmt.Sprintf("script %+v\n--- plain\n%s\n--- async\n%s\n", s, tail(a, b), tail(b, a))
	}
	return plain.ops, ""
}

// comparedTo is what w, the generated form's, traced without what the plain form cannot have done. Where a panic that nobody
// handles ends RunUntil while a task awaits in its deferred calls under Goexit, the plain form leaves these where they are. The
// generated one's goroutine comes to their end before the panic comes out, unless what happens is not compared any more before.
func (w *World) comparedTo(plain *World) []string {
	end := len(plain.Trace) - 1
	if !plain.cut || len(w.Trace) <= end {
		return w.Trace
	}
	last := w.Trace[len(w.Trace)-1]
	if w.left {
		last = plain.Trace[end]
	}
	return append(w.Trace[:end:end], last)
}

// tail is a from a little before where it differs from b.
func tail(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	i := 0
	for i < len(as) && i < len(bs) && as[i] == bs[i] {
		i++
	}
	return strings.Join(as[max(0, i-3):min(len(as), i+6)], "\n")
}
`
