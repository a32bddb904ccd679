package transform

// mutants are ways to break the lowering, and what of the language suite
// notices each: go test ./transform -run Mutants -mutants -timeout 0 -v
var mutants = []mutant{
	// What stands left of an await.
	{"spill.go", "return l.isCall(e)", "return false", "calls.CopiesToInterface"},
	{"spill.go", "return e.Op == token.ARROW", "return false", "peers.ReceiveArguments"},
	{"spill.go", "	case *ast.SliceExpr:\n		return true", "	case *ast.SliceExpr:\n		return false", "calls.LateOperands"},
	{"spill.go", "return e.Type != nil && !isPointerShaped(l.info.TypeOf(e))", "return false", "calls.LateReceivers"},
	{"spill.go", "found = found || l.hasEffect(x)", "_ = x", "flow.CondOperands"},
	{"spill.go", "l.spillBefore(before, before.End())", "_ = before", "calls.OperandsAll"},
	{"spill.go", "&& l.boxesForCall(ast.Unparen(n.X))", "&& false", "calls.LateReceivers"},
	{"spill.go", "	if e.Op == token.LAND {\n		end = labelf", "	if e.Op != token.LAND {\n		end = labelf", "calls.PlacesCommaOk"},
	{"spill.go", "return toSlice && isString(", "return false && toSlice && isString(", "calls.LateOperands"},
	{"spill.go", "case l.comparesMemory(n):", "case false:", "calls.CopiesToCompare"},
	{"spill.go", "!stored[n] && n != s && l.bytesAsKey(n)", "false", "calls.CopiesOfKeys"},
	{"spill.go", "!stored[n] && n != s && l.bytesAsKey(n)", "n != s && l.bytesAsKey(n)", "calls.CopiesOfKeys"},
	{"spill_copies.go", "types.IsInterface(to) && l.boxedByAddress(e)", "types.IsInterface(to) && false", "calls.CopiesToInterface"},
	{"spill_copies.go", "	switch size {\n	case 2, 4:", "	switch size * 0 {\n	case 2, 4:", "calls.CopiesToInterface"},
	{"spill_copies.go", "return l.info.Types[e].Addressable() || l.isStatic(e)", "return l.isStatic(e)", "calls.CopiesToInterface"},
	{"spill_copies.go", "ok && l.keyCopied(m, n.Index)", "ok && m == nil", "calls.CopiesOfKeys"},
	{"spill_copies.go", "if sole := soleComponent(k); isString(sole)", "if sole := soleComponent(k); false && isString(sole)", "calls.CopiesOfKeys"},
	{"spill_copies.go", "if sizes.Sizeof(m.Elem()) > mostElem {", "if false {", "calls.CopiesOfKeys"},
	{"spill_copies.go", "types.IsInterface(t) || holdsParam(t)", "types.IsInterface(t)", transformer},
	{"lower_maplit.go", "if !l.suspends(entry.Value) ||", "if true ||", "calls.CopiesElsewhere"},
	{"lower_maplit.go", "		if !l.isStatic(entry) {\n			return true\n		}", "		_ = entry", "calls.CopiesElsewhere"},
	// Conditions and branches.
	{"lower_if.go", "l.branch(e.X, !what, lb)", "l.branch(e.X, what, lb)", "flow.CondIf"},
	{"lower_if.go", "l.branch(e.X, !and, skip)", "l.branch(e.X, and, skip)", "algo.SortMerged"},
	{"lower_if.go", "		l.branch(e.Y, !and, lb)\n		return", "		return", "algo.SortInsertion"},
	{"lower_switch.go", "around[0].Pos(), arms[i+1].label", "around[0].Pos(), end", "algo.MatrixSpiral"},
	{"lower_switch.go", "		l.text(define(v), l.value(tag))\n	}\n	for", "		_ = v\n	}\n	for", compiler},
	{"lower_switch.go", "if !l.reads(c, obj) {", "if false {", compiler},
	{"lower_select.go", "			l.fix(e)\n", "", "flow.SelectOperands"},
	{"lower_select.go", "					l.awaitsInOrder(as.Lhs)\n", "", compiler},
	// Loops, and jumps out of them.
	{"lower_for.go", "l.text(renew(v))", "_ = v", "algo.SearchTwoWays"},
	{"lower_range.go", "if v == nil || !r.onlyRead(v, r.s.Body) {", "if v == nil {", "defers.DeferLoops"},
	{"lower_range.go", "limit = ref(r.once(t, limit))", "_ = t", "flow.PlacesRange"},
	{"lower_range.go", "	r.awaitsInOrder(lhs)\n", "", compiler},
	{"lower_range.go", "case !r.lengthIsConstant():", "case false:", deadline},
	{"lower_range.go", "case !r.lengthIsConstant():", "case true:", nobody}, // a length that is constant is not evaluated anywhere; it takes a field
	{"lower_each.go", `	l.text(ref(e.asking), raw(".Stop()"))` + "\n", "", "gens.Each"},
	{"targets.go", "if funcs > 0 && len(j.stops) > 0 {", "if false {", "gens.LeavesBreak"},
	{"targets.go", "		if mine {\n			j.to = t.breaks", "		if mine {\n			j.stops = nil\n			j.to = t.breaks", "flow.PlacesFuncExits"},
	{"targets.go", "if !l.defers || len(l.returns) == 0 {", "if true {", "gens.LoopReturns"},
	{"targets.go", "t.node.Pos() <= obj.Pos() && obj.Pos() < t.node.End():", "true:", "flow.GotoInside"},
	// Where variables are, and what keeps them.
	{"vars.go", "(v.captured || v.handed) && !v.assigned &&", "(v.captured || v.handed) &&", compiler},
	{"vars.go", "!v.assigned && !v.addressed && v.result == 0 &&", "!v.assigned && v.result == 0 &&", compiler},
	{"vars.go", "!v.addressed && v.result == 0 && v.capture != byPointer", "!v.addressed && v.capture != byPointer", "gens.Each"},
	{"vars.go", "v.looped = v.looped ||", "v.looped = false &&", "defers.AgainByGoto"},
	{"live.go", "return v.captured || v.addressed || v.large", "return v.captured || v.large", "kinds.GenericTypes"},
	{"live.go", "if !f.shared(v) || c.declares(v) {", "if true {", nobody}, // what it takes away too much is added again at once
	{"live.go", "taken[o.index].meets(taken[v.index])", "false", "algo.TableDynamic"},
	{"live.go", "next[i] = append(next[i], at[f.jumps[jumps[from]].to])", "_ = at", "defers.AgainByGoto"},
	{"dying.go", "d.kept[i].add(d.holder(c.holder))", "_ = c", "algo.SearchBinary"},
	{"dying.go", "		c.dead, c.ended = d.split(set)\n", "		d.split(set)\n", "TestNothingIsKeptAlive"},
	{"dying.go", "		c.leaves, c.left = d.split(after)\n", "		d.split(after)\n", nobody}, // then the suspension clears it
	{"layout.go", "		f.has.any = true\n		return 8", "		return 8", "TestNoMemoryIsKept"},
	{"layout.go", "f.has.any = f.has.any || h.has.any", "_ = h", "TestNoMemoryIsKept"},
	{"layout.go", "	f.own.any = f.own.any || f.defers", "	_ = f.defers", "TestNoMemoryIsKept"},
	{"scan.go", "		s.assigns(n.X)\n	case *ast.AssignStmt:", "	case *ast.AssignStmt:", "algo.SearchBinary"},
	{"scan.go", "		s.assigns(n.Key)\n", "		_ = n\n", "vars.WrittenRanges"},
	{"scan.go", "		s.assigns(n.Value)\n", "		_ = n\n", "vars.WrittenRanges"},
	{"scan.go", `fn.Name() != "Blocking" && fn.Name() != "Blocking0"`, "true", "TestBlockingHasCopies"},
	// Results, deferred calls, literals, calls.
	{"splice_return.go", "if j, ok := e.jumps[n]; ok {", "if j, ok := e.jumps[n]; ok && false {", compiler},
	{"splice_return.go", "	if len(n.Results) == 1 && e.isAwait0(n.Results[0]) {", "	if false {", compiler},
	{"splice_return.go", "if tv.Value != nil || tv.IsNil() || tv.IsType() || fn != nil && method == nil {", "if fn == nil || method == nil {", "defers.DeferArguments"},
	{"splice_return.go", "if mayBeUntyped(a) && !types.IsInterface(tv.Type) {", "if false {", compiler},
	{"splice_return.go", "		r.mayBeNil = name\n", "", nobody}, // gc wraps a deferred call with arguments or results, and a wrapper may call nil
	{"tails.go", "		case *ast.DeferStmt:\n			more = true\n", "", "calls.TailsMore"},
	{"tails.go", "more = more || isOverFunc(info, n)", "_ = isOverFunc", "calls.TailsMore"},
	{"splice_lit.go", "			out.str(e.box(of))", `			out.str("&" + e.storage(of))`, compiler},
	{"splice_lit.go", "for _, id := range e.reused(lit) {", "for _, id := range e.reused(lit)[:0] {", compiler},
	{"splice_call.go", "		if in.mayHold {\n			clean(field)\n		}", "", "TestNothingIsKeptAlive"},
	{"splice_call.go", "reads := s.readsHolder(c, in.holder)", "reads := false && s.readsHolder(c, in.holder)", "calls.OrderNested"},
	{"splice_call.go", "v != nil && v.boxed {", "v != nil && false {", nobody}, // &*box is the box
	// Initialisation.
	{"initorder.go", "fn.early = run[obj] && needs[obj]", "fn.early = obj == nil", crash}, // while testdata/lang/hostile is initialised
	{"initorder.go", "fn.early = run[obj] && needs[obj]", "fn.early = run[obj]", nobody},  // what mentions Resume refers to nothing that would come first
}
