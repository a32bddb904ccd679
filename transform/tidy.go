package transform

import "strings"

// tidy drops jumps to the next instruction, jumps that nothing reaches and
// labels without a jump, and numbers the segments: the stretches between
// labels.
func (l *lowerer) tidy() {
	for n := -1; n != len(l.code); {
		n = len(l.code)
		l.markLabels()
		kept := make([]*instr, 0, n)
		for i, in := range l.code {
			switch {
			case in.op == opJump && l.fallsTo(i+1, in.label),
				(in.op == opJump || in.post) && l.stopsBefore(kept, len(kept)),
				in.op == opLabel && !in.label.used:
				if in.blank() {
					continue
				}
				in = &instr{op: opText, lead: in.lead, frags: []frag{raw("")}}
			case in.op == opText && in.lead == "" && in.trail == "" && len(in.frags) == 1 && in.frags[0].is(""):
				continue
			}
			kept = append(kept, in)
		}
		if l.code = kept; n == len(kept) {
			l.mergeLabels()
		}
	}
	segment := 0
	for _, in := range l.code {
		if in.op == opLabel {
			segment++
		}
		in.segment = segment
		if in.op == opAwait || in.op == opYield {
			segment++
		}
	}
}

// blank reports whether no comment stands above an instruction.
func (in *instr) blank() bool { return strings.TrimSpace(in.lead) == "" }

// mergeLabels makes one label of several in one place, the last; and one that
// a jump follows becomes the label that it goes to.
func (l *lowerer) mergeLabels() {
	into := map[*label]*label{}
	end := func(lb *label) *label {
		for into[lb] != nil {
			lb = into[lb]
		}
		return lb
	}
	for i := len(l.code) - 2; i >= 0; i-- {
		in, next := l.code[i], l.code[i+1]
		if in.op != opLabel || in.label.comment != "" || in.trail != "" || next.lead != "" {
			continue
		}
		if (next.op == opLabel || next.op == opJump) && end(next.label) != in.label {
			into[in.label] = next.label
		}
	}
	kept := l.code[:0]
	for _, in := range l.code {
		if in.label != nil && into[in.label] != nil {
			if in.op == opLabel {
				if in.blank() {
					continue
				}
				in = &instr{op: opText, lead: in.lead, frags: []frag{raw("")}}
			} else {
				in.label = end(in.label)
			}
		}
		for i, a := range in.cases {
			in.cases[i].label = end(a.label)
		}
		kept = append(kept, in)
	}
	l.code = kept
	for b, j := range l.jumps {
		j.to = end(j.to)
		l.jumps[b] = j
	}
}

// markLabels finds the labels that something jumps to.
func (l *lowerer) markLabels() {
	for _, in := range l.code {
		if in.label != nil {
			in.label.used = false
		}
	}
	for _, in := range l.code {
		if in.label != nil && in.op != opLabel {
			in.label.used = true
		}
		for _, a := range in.cases {
			a.label.used = true
		}
	}
	for _, j := range l.jumps {
		j.to.used = true
	}
}

// fallsTo reports whether only labels and nothing stand between i and lb.
func (l *lowerer) fallsTo(i int, lb *label) bool {
	for ; i < len(l.code) && l.code[i].op == opLabel; i++ {
		if l.code[i].label == lb {
			return true
		}
	}
	return false
}
