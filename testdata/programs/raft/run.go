package raft

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/goasync/goasync/rt"
)

// Plain runs the program in its plain form and writes what it does to w.
func Plain(w io.Writer) error { return rt.Run0(func() error { return run(w) }) }

// Generated is Plain in the generated form.
func Generated(w io.Writer) error { return rt.RunAsync0(runAsync(w)) }

// A network connects nodes. What it does depends on its random numbers alone.
type network struct {
	nodes []*node
	rand  *rand.Rand
	cut   *node // the node, if any, that no messages go to or come from
}

func newNetwork(size int, seed uint64) *network {
	net := &network{rand: rand.New(rand.NewPCG(seed, 0))}
	for id := range size {
		net.nodes = append(net.nodes, &node{
			id: id, net: net, votedFor: nobody,
			inbox: rt.NewQueue[message](0),
			rand:  rand.New(rand.NewPCG(seed, uint64(id)+1)),
		})
	}
	return net
}

func (net *network) majority() int { return len(net.nodes)/2 + 1 }

// send delivers m after a while, unless it gets lost.
func (net *network) send(m message) {
	delay := time.Millisecond + time.Duration(net.rand.Int64N(int64(heartbeat/2)))
	if net.isCut(m) || net.rand.IntN(10) == 0 {
		return
	}
	rt.RunningLoop().CallLater(delay, func() {
		if !net.isCut(m) {
			net.nodes[m.to].inbox.TryPut(m)
		}
	})
}

func (net *network) isCut(m message) bool {
	return net.cut != nil && (m.from == net.cut.id || m.to == net.cut.id)
}

// leader returns the leader that can be reached, nil if there is none.
func (net *network) leader() *node {
	for _, n := range net.nodes {
		if n.role == leader && n != net.cut {
			return n
		}
	}
	return nil
}

// propose has a value added to the log by whoever leads, and returns that node.
//
//async:func
func (net *network) propose(value string) (*node, error) {
	for {
		if n := net.leader(); n != nil {
			if _, err := rt.Await(n.propose(value)); !errors.Is(err, errDeposed) {
				return n, err
			}
		}
		if err := rt.Await0(rt.Sleep(heartbeat)); err != nil {
			return nil, err
		}
	}
}

// run has a cluster of five agree on a log, while its leader is cut off and comes back.
//
//async:func
func run(w io.Writer) error {
	net := newNetwork(5, 1)
	start := rt.RunningLoop().Time()
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for _, n := range net.nodes {
			g.Go(n.run)
		}
		for _, step := range []struct {
			value string
			cut   bool // cut off the leader before
		}{{"a", false}, {"b", false}, {"c", true}, {"d", true}, {"e", false}} {
			net.cut = nil
			if step.cut {
				net.cut = net.leader()
			}
			n, err := rt.Await(net.propose(step.value))
			if err != nil {
				return err
			}
			took := (rt.RunningLoop().Time() - start).Round(time.Millisecond)
			fmt.Fprintf(w, "%v: node %d, leader of term %d, has %s\n", took, n.id, n.term, step.value)
		}
		if err := rt.Await0(rt.Sleep(10 * heartbeat)); err != nil { // so that everybody hears of it
			return err
		}
		for _, n := range net.nodes {
			fmt.Fprintln(w, n.id, n.log[:n.commit])
		}
		g.Cancel(nil)
		return nil
	}))
}
