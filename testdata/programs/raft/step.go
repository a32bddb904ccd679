package raft

import "slices"

type kind int

const (
	wantVote   kind = iota // from a candidate
	vote                   // the answer
	replicate              // from a leader
	replicated             // the answer
)

type message struct {
	kind           kind
	from, to, term int
	ok             bool    // vote: given; replicated: the entries are in the log
	index, logTerm int     // the index, and its term, of the entry before entries, or of the last one
	entries        []entry // replicate: what follows it
	commit         int     // replicate: entries that are safe
}

// step handles a message.
func (n *node) step(m message) {
	if m.term > n.term {
		n.follow(m.term)
	}
	current := m.term == n.term
	switch m.kind {
	case wantVote:
		last := n.termAt(len(n.log))
		ok := current && (n.votedFor == nobody || n.votedFor == m.from) &&
			(m.logTerm > last || m.logTerm == last && m.index >= len(n.log))
		if ok {
			n.votedFor = m.from
			n.rest()
		}
		n.send(m.from, message{kind: vote, ok: ok})
	case vote:
		if !current || n.role != candidate || !m.ok {
			return
		}
		if n.votes++; n.votes == n.net.majority() {
			n.lead()
		}
	case replicate:
		if current {
			n.follow(m.term)
			n.rest()
		}
		ok := current && m.index <= len(n.log) && n.termAt(m.index) == m.logTerm
		if ok {
			n.accept(m)
		}
		n.send(m.from, message{kind: replicated, ok: ok, index: m.index + len(m.entries)})
	case replicated:
		if !current || n.role != leader {
			return
		}
		if !m.ok {
			n.next[m.from] = max(0, n.next[m.from]-1)
			return
		}
		n.matches[m.from] = max(n.matches[m.from], m.index)
		n.next[m.from] = n.matches[m.from]
		n.count()
	}
}

// accept writes a leader's entries into the log. Those that are there already stay, as the message may be an old one.
func (n *node) accept(m message) {
	for i, e := range m.entries {
		if at := m.index + i; at == len(n.log) || n.log[at].term != e.term {
			n.log = append(n.log[:at], m.entries[i:]...)
			break
		}
	}
	n.commit = max(n.commit, min(m.commit, m.index+len(m.entries)))
}

// count finds out which entries a majority has. Those of earlier terms are safe only when one of this term is.
func (n *node) count() {
	sorted := slices.Sorted(slices.Values(n.matches))
	index := sorted[len(sorted)-n.net.majority()]
	if n.termAt(index) != n.term {
		return
	}
	for ; n.commit < index; n.commit++ {
		if f := n.waiting[n.commit+1]; f != nil {
			f.SetResult(n.log[n.commit].value)
			delete(n.waiting, n.commit+1)
		}
	}
}
