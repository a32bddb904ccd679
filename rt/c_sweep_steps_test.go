package rt_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// The sweeps of this file interrupt a task before every step of the loop, also within a turn, which the others do not; those
// interrupt two tasks at once.

func TestStepSweepOfQueues(t *testing.T) {
	for _, create := range []func() *rt.Queue[int]{
		func() *rt.Queue[int] { return rt.NewQueue[int](1) },
		func() *rt.Queue[int] { return rt.NewLIFOQueue[int](1) },
		func() *rt.Queue[int] { return rt.NewPriorityQueue(1, cmp.Less[int]) },
	} {
		rttest.Sweep(t, func(s *rttest.Scenario) {
			q, f := create(), new(traffic)
			for _, v := range []int{1, 2} {
				s.Go("put", newScript([]step{f.puts(q, v), f.puts(q, 10*v)}))
			}
			for range 2 {
				s.Go("get", newScript([]step{f.gets(q, q.TaskDone), f.gets(q, q.TaskDone)}))
			}
			s.Go("join", newScript([]step{yield(), call0(q.JoinAsync, q.Join, nil)}))
			s.Check(func() {
				if f.drain(q); !f.balanced() || q.InLine() > 0 {
					s.Errorf("put %v, got %v, %d are left in line", f.put, f.got, q.InLine())
				}
				if stuck := s.Stuck(); len(stuck) == 1 && stuck[0] == "join" && q.Unfinished() == 0 {
					s.Error("Join waits though all is done")
				}
			})
		})
	}
}

func TestStepSweepOfABarrier(t *testing.T) {
	rttest.Sweep(t, func(s *rttest.Scenario) {
		b := rt.NewBarrier(2)
		var indices []int
		for range 2 {
			waits := func() step {
				return call(b.WaitAsync, b.Wait, func(index int, err error) error {
					if err == nil {
						indices = append(indices, index)
					}
					return err
				})
			}
			s.Go("round", newScript([]step{waits(), ignored(), waits()}))
		}
		s.Check(func() {
			slices.Sort(indices)
			if n := len(indices) / 2; n > 0 && (len(indices) != 2*n || indices[n-1] != 0 || indices[n] != 1) {
				s.Errorf("indices %v", indices)
			}
			if b.Waiting() != 0 || b.InLine() != 0 {
				s.Errorf("%d wait, %d are in line", b.Waiting(), b.InLine())
			}
		})
	})
}

func TestStepSweepOfABroadcast(t *testing.T) {
	rttest.Sweep(t, func(s *rttest.Scenario) {
		b := rt.NewBroadcast[int]()
		sub, heard, sent := b.Subscribe(1, rt.DropOldest), 0, 0
		hears := func() step {
			return call(sub.GetAsync, sub.Get, func(_ int, err error) error {
				n, err := counted(err)
				heard += n
				return err
			})
		}
		send := do(func() {
			sent++
			if err := b.Send(sent); err != nil {
				s.Error(err)
			}
		})
		s.Go("send", newScript([]step{send, send, send, yield(), send, send, yield(), send}))
		for range 2 {
			s.Go("hear", newScript([]step{hears(), ignored(), hears()}))
		}
		s.Check(func() {
			for sub.Len() > 0 {
				co := rt.Drive(sub.GetAsync())
				co.Send()
				_, err := co.Result()
				n, err := counted(err)
				if heard += n; err != nil {
					s.Error(err)
				}
			}
			if heard != sent || sub.InLine() > 0 {
				s.Errorf("%d sent, %d seen, %d are left in line", sent, heard, sub.InLine())
			}
		})
	})
}
