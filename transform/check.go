package transform

// check refuses what this version does not compile or what cannot be right,
// each with its position and what to write instead. Later passes may assume
// that nothing of the kind is left.
func check(p *program, u *unit) {
}

func (r *resolver) checkBlocking(lit any) {}
