package transform

import (
	"go/ast"
	"go/types"
)

// eachStmt lowers a loop over rt.Each. Its head awaits the next value; every
// jump out of it goes through code that has the generator end first, which may
// await as well. A return or panic leaves the loop to Leave.
//
//	range1 := rt.RangeEach[int](&co.Defers, ticksAsync(3))
//	for1: // for v, err := range rt.Each(…)
//	if !range1.Start(fb, co) { return co.Suspend(1) }
//	await1:
//	if !range1.Next() { goto end1 }
//	v, err := range1.Key(), range1.Value()
//	body
//	goto for1
//	leave1:
//	range1.Stop()
//	if !range1.Start(fb, co) { return co.Suspend(2) }
//	await2:
//	range1.Left()
//	end1:
func (l *lowerer) eachStmt(s *ast.RangeStmt, name string, c *call) {
	for _, x := range c.operands() {
		l.awaits(x)
	}
	loop := l.newLoop(s, s.Body)
	r := &ranging{lowerer: l, s: s, loop: loop}
	r.key, r.value = l.rangeVar(s, s.Key), l.rangeVar(s, s.Value)
	body := l.info.TypeOf(s.X).Underlying().(*types.Signature).Params().At(0).Type().Underlying().(*types.Signature)
	v := body.Params().At(0).Type()
	l.defers = true
	all := r.once(types.NewPointer(l.fn.src.unit.rtType("Asking", v)),
		qual(rtPath, "RangeEach"), raw("["), frag{typ: v}, raw("]("), frag{defers: true}, raw(", "), frag{iter: c}, raw(")"))
	each := &eachLoop{asking: all, expr: c.expr}
	l.mark(loop.start)
	l.ask(c, all)
	l.unless(loop.end, ref(all), raw(".Next()"))
	r.assign([]frag{ref(all), raw(".Key()")}, []frag{ref(all), raw(".Value()")})
	l.line = l.lineOf(s.Body.Lbrace)
	l.within(target{node: s, name: name, breaks: loop.end, continues: loop.next, each: each}, func() { l.block(s.Body) })
	l.mark(loop.next)
	l.jump(loop.start)
	for _, way := range each.ways {
		l.leaving(each, way)
	}
	l.mark(loop.end)
	l.line = l.lineOf(s.End())
}

// ask builds the await of what asking begins.
func (l *lowerer) ask(c *call, asking *variable) {
	l.add(&instr{op: opAwait, call: c, asking: asking, holder: -1, frags: []frag{ref(asking)}})
}

// An eachLoop is a loop over rt.Each.
type eachLoop struct {
	asking *variable
	expr   *ast.CallExpr
	ways   leavings
}

// leaving builds one way out of a loop.
func (l *lowerer) leaving(e *eachLoop, way *leaving) {
	l.mark(way.label)
	l.text(ref(e.asking), raw(".Stop()"))
	c := &call{kind: callEach, expr: e.expr, state: len(l.fn.order) + len(l.leaves) + 1}
	l.leaves = append(l.leaves, c)
	l.ask(c, e.asking)
	l.text(ref(e.asking), raw(".Left()"))
	l.depart(way.then)
}
