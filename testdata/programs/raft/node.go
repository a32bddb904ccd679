// Package raft replicates a log by the rules of Raft, in memory, over a network that delays and loses messages.
package raft

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/goasync/goasync/rt"
)

type role int

const (
	follower role = iota
	candidate
	leader
)

const (
	heartbeat = 50 * time.Millisecond // between a leader's messages
	silence   = 4 * heartbeat         // after this and up to twice as long a follower wants to lead
	nobody    = -1
)

type entry struct {
	term  int
	value string
}

// A node is a member of the cluster. It does one thing at a time: all state is its loop's.
type node struct {
	id    int
	net   *network
	inbox *rt.Queue[message]
	rand  *rand.Rand

	role     role
	term     int
	votedFor int
	votes    int
	log      []entry // entry i has the index i+1
	commit   int     // entries that are safe

	deadline time.Duration              // by the loop's clock, when it does something unasked
	matches  []int                      // of a leader: how much of its log each node has
	next     []int                      // of a leader: the index that it sends to each node next
	waiting  map[int]*rt.Future[string] // of a leader: proposals by their index
}

var errDeposed = errors.New("the leader was deposed")

// run handles messages, and wakes up when there are none for too long.
//
//async:func
func (n *node) run() error {
	n.rest()
	for {
		patience := n.deadline - rt.RunningLoop().Time()
		m, err := rt.Await(rt.Timeout(patience, func() (message, error) { return rt.Await(n.inbox.Get()) }))
		switch {
		case errors.Is(err, context.DeadlineExceeded) && n.role == leader:
			n.replicate()
		case errors.Is(err, context.DeadlineExceeded):
			n.stand()
		case err != nil:
			return err
		default:
			n.step(m)
		}
	}
}

// propose has the leader n add a value to the log, and waits until that is safe. It fails if n loses its office meanwhile: then
// the value may become safe or not.
//
//async:func
func (n *node) propose(value string) (string, error) {
	n.log = append(n.log, entry{n.term, value})
	n.matches[n.id] = len(n.log)
	f := rt.NewFuture[string]()
	n.waiting[len(n.log)] = f
	n.replicate()
	return rt.Await(f.Wait())
}

// rest has n wait for a leader for some time.
func (n *node) rest() {
	n.deadline = rt.RunningLoop().Time() + silence + time.Duration(n.rand.Int64N(int64(silence)))
}

// follow makes n a follower.
func (n *node) follow(term int) {
	if term > n.term {
		n.term, n.votedFor = term, nobody
	}
	n.role = follower
	for i := range n.log {
		if f := n.waiting[i+1]; f != nil {
			f.SetError(errDeposed)
		}
	}
	n.waiting = nil
}

// stand makes n a candidate.
func (n *node) stand() {
	n.rest()
	n.role, n.term, n.votedFor, n.votes = candidate, n.term+1, n.id, 1
	for to := range n.net.nodes {
		n.send(to, message{kind: wantVote, index: len(n.log), logTerm: n.termAt(len(n.log))})
	}
}

// lead makes n the leader.
func (n *node) lead() {
	n.role, n.waiting = leader, make(map[int]*rt.Future[string])
	n.matches, n.next = make([]int, len(n.net.nodes)), make([]int, len(n.net.nodes))
	for i := range n.next {
		n.next[i] = len(n.log)
	}
	n.matches[n.id] = len(n.log)
	n.replicate()
}

// replicate sends everybody what they lack.
func (n *node) replicate() {
	n.deadline = rt.RunningLoop().Time() + heartbeat
	for to, next := range n.next {
		n.send(to, message{kind: replicate, index: next, logTerm: n.termAt(next), entries: slices.Clone(n.log[next:]), commit: n.commit})
	}
}

func (n *node) termAt(index int) int {
	if index == 0 {
		return 0
	}
	return n.log[index-1].term
}

func (n *node) send(to int, m message) {
	if to != n.id {
		m.from, m.to, m.term = n.id, to, n.term
		n.net.send(m)
	}
}
