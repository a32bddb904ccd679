package transform

import (
	"go/ast"
	"go/types"
)

// The flat code of a function: what lower makes of its body and emit prints.
// It is one list of instructions with jumps to labels in the same list. An
// instruction does not yet say where a variable is stored; that is decided
// on the flat code itself (live.go), since it is the control flow.

type opcode uint8

const (
	opText   opcode = iota // one statement that stays as it is written, its references edited
	opLabel                // label:
	opJump                 // goto label
	opUnless               // if !(frags) { goto label }
	opIf                   // if frags { goto label }
	opSwitch               // switch frags { case …: goto … }
	opSelect               // select { case …: goto … }
	opAwait                // start the call; suspend if it is not ready; await label
	opYield                // hand a value out; suspend; yield label
	opEnd                  // the body's end: return
)

// An instr is one instruction.
type instr struct {
	op     opcode
	lead   string // blank line and comments that stand above it
	trail  string // comment at the end of its line
	frags  []frag
	label  *label
	cases  []arm     // opSwitch, opSelect
	call   *call     // opAwait, opYield
	post   bool      // runs between two iterations of a loop
	holder int       // opAwait: index into flat.holders, where the call's coroutine lives; -1 where asking is set
	asking *variable // opAwait: the loop over rt.Each that goes on or ends

	uses, defs []*variable // read before written, written whatever happens
	decls      []*variable // begins a new variable: also in defs
	seen       []*variable // referred to in any way
	lits       []*variable // captured by a function literal in it
	copied     []*variable // captured by a literal that gets copies
	live       bitset      // opAwait, opYield: by variable.index, what is live after it
	liveBefore bitset      // by variable.index
	dead       []*variable // opAwait, opYield: fields to clear before it
	ended      []int       // the same of holders
	mayHold    bool        // opAwait: the holder may have the coroutine of an earlier call
	holds      bool        // it has one
	leaves     []*variable // fields to clear behind it, before a jump
	left       []int       // the same of holders
	segment    int
}

// An arm is one case of an opSwitch or an opSelect.
type arm struct {
	exprs []ast.Expr // of a switch
	comm  []frag     // the communication of a select; neither: default
	label *label
}

// A label is the target of a jump; it is printed only if something jumps to it.
type label struct {
	name    string
	comment string // what it stands for: the header of a loop
	source  bool   // the source has it, under this name
	used    bool
}

// A jump is what a branch statement becomes: the loops over functions that it
// leaves are stopped, then it goes to the label.
type jump struct {
	to    *label
	stops []*variable
}

// A frag is a piece of an instruction's text. One of its fields is set.
type frag struct {
	raw    string
	path   string      // with raw: the package that the name is qualified with
	node   ast.Node    // source text
	target ast.Expr    // source text on the left of an assignment
	ref    *variable   // a reference to a variable
	define []*variable // "a, b := ", as their places want it; begins the instruction
	set    []*variable // "a, b" on the left of an assignment
	fresh  *variable   // a new box with the old one's value, if it is boxed
	defers bool        // a pointer to the frame's deferred calls
	iter   *call       // the iterator of a loop
	typ    types.Type  // a type
	zero   *variable   // 0, for the definition of a number
}

func raw(s string) frag           { return frag{raw: s} }
func qual(path, name string) frag { return frag{raw: name, path: path} }
func src(n ast.Node) frag         { return frag{node: n} }
func assigned(e ast.Expr) frag    { return frag{target: e} }
func ref(v *variable) frag        { return frag{ref: v} }
func define(vs ...*variable) frag { return frag{define: vs} }
func set(vs ...*variable) frag    { return frag{set: vs} }
func renew(v *variable) frag      { return frag{fresh: v} }
func (f frag) is(text string) bool {
	return f.raw == text && f.node == nil && f.target == nil && f.ref == nil && f.define == nil && f.set == nil && f.fresh == nil && !f.defers && f.iter == nil && f.typ == nil
}

// A place is where a variable is stored.
type place uint8

const (
	placeNative  place = iota // declared and used in the text of one instruction: stays as it is
	placeSegment              // declared and used between two labels: a local of a block
	placeMethod               // crosses a jump, but no suspension: a local of Resume
	placeFrame                // crosses a suspension: a field
)

// A variable is a local variable, parameter or result of the function, or
// one that the transformation needs.
type variable struct {
	obj      *types.Var // nil if invented
	typ      types.Type
	name     string // of the field or the local; unique where it must be
	index    int
	param    bool // parameter, receiver or capture
	capture  capture
	constant bool // captured, and nothing writes it after its declaration
	result   int  // 1 + its place among the results, else 0

	captured  bool // by a function literal that may outlive the statement
	deferred  bool // by a deferred literal
	handed    bool // by a deferred literal that has a coroutine
	addressed bool // its address is taken
	assigned  bool // written after its declaration
	read      bool // something that can be reached reads it
	looped    bool // declared inside a loop
	mentioned bool // a constant depends on its type
	large     bool // too large for a local of Resume: see unload
	refs      int
	first     int // instructions of its first and last reference
	last      int

	field *variable // whose field it shares: itself, or another of its name
	place place
	boxed bool // the field or local is a pointer to it
}

// A capture is how a literal has a variable of the function around it.
type capture uint8

const (
	notCaptured capture = iota
	byPointer           // to the variable, which others may write
	byCopy              // nobody writes it
)

// flat is the flat code of one function.
type flat struct {
	fn       *function
	outer    *flat // of the function around a literal
	inner    map[*function]*flat
	met      map[*ast.FuncLit]bool // the literals in code, which lacks what nothing reaches
	code     []*instr
	vars     []*variable
	renamed  map[types.Object]string // local constants and types, and what gave way to a name that it hid
	hiding   []types.Object          // what was found to hide a name when it was written last
	byObj    map[types.Object]*variable
	results  []*variable
	params   []*variable // captures, then the receiver first; nil obj for unnamed ones
	panics   *variable   // of a deferred literal that recovers: the deferred calls of the function around it
	holders  []*holder
	held     map[*call]int            // the holder of each await
	consts   []*ast.DeclStmt          // local constants and types, to stand at the top
	borrowed []types.Object           // constants and aliases of the functions around a literal that its code needs too
	embedded map[*types.TypeName]bool // local types that fields are called like
	leaves   []*call                  // the awaits of ways out of loops over rt.Each; their states come last
	jumps    map[ast.Stmt]jump        // of branch statements, and of some returns: see resolveReturns
	instead  map[ast.Node][]frag      // what stands in an expression's place
	defers   bool
	names    machinery
	resume   map[*call]string // label behind each suspension
	idents   map[string]bool  // identifiers of the source
	owned    map[string]map[types.Object]bool
	topNames []string // of constants and types at the top of Resume
	size     int64
	own      leftover // what its own fields may keep alive after its end
	has      leftover // what the frame may, all in all
}

// A holder is a field of the frame for the calls of one type: only one of
// them is under way at a time.
type holder struct {
	name    string
	callee  *callee
	inst    []types.Type // type arguments
	result  types.Type   // of an Awaitable
	pointer bool         // recursive or too large: allocated
	circle  bool         // the call may come back to the function
	tail    bool         // of the call that the function ends with
	has     leftover     // what the frame may keep alive after the call
}
