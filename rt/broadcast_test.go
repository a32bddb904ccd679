package rt_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/goasync/goasync/rt"
)

// hears is a step that gets the next item of s, and logs what came.
func (w *world) hears(s *rt.Subscription[int], name string) step {
	return call(s.GetAsync, s.Get, func(v int, err error) error {
		if err != nil {
			w.log("%s:%s", name, kindOf(err))
			return nil
		}
		w.log("%s:%d", name, v)
		return nil
	})
}

// sends sends values on b.
func (w *world) sends(b *rt.Broadcast[int], values ...int) {
	w.Helper()
	for _, v := range values {
		if err := b.Send(v); err != nil {
			w.Errorf("send of %d: %v", v, err)
		}
	}
}

func TestBroadcastReachesAllWhoHaveSubscribed(t *testing.T) {
	inBothForms(t, func(w *world) {
		b := rt.NewBroadcast[int]()
		w.sends(b, 1) // nobody hears it
		a := b.Subscribe(2, rt.DropOldest)
		w.sends(b, 2)
		c := b.Subscribe(2, rt.CloseSlow)
		w.spawn(w.hears(a, "a"), w.hears(a, "a"), w.hears(a, "a"))
		w.spawn(w.hears(c, "c"), w.hears(c, "c"))
		w.turns(1)
		w.traced("a:2")
		w.sends(b, 3, 4)
		if a.Len() != 1 || c.Len() != 1 { // 3 was handed over
			w.Errorf("%d and %d items", a.Len(), c.Len())
		}
		w.turns(1)
		w.traced("a:3 a:4 c:3 c:4")
		// A subscription that is closed gets nothing more, and drops what it has.
		w.sends(b, 5)
		a.Close()
		a.Close()
		w.sends(b, 6)
		w.spawn(w.hears(a, "a"))
		w.spawn(w.hears(c, "c"), w.hears(c, "c"), w.hears(c, "c"))
		w.turns(1)
		w.traced("a:closed c:5 c:6")
		c.Close() // also where one waits
		w.turns(1)
		w.traced("c:closed")
	})
	misuse(t, func() { rt.NewBroadcast[int]().Subscribe(0, rt.DropOldest) })
}

func TestSlowSubscriberIsToldWhatItMissed(t *testing.T) {
	inBothForms(t, func(w *world) {
		b := rt.NewBroadcast[int]()
		slow, fast := b.Subscribe(2, rt.DropOldest), b.Subscribe(2, rt.DropOldest)
		w.spawn(w.hears(fast, "fast"))
		w.turns(1)
		w.sends(b, 1, 2, 3, 4, 5) // 1 was handed over to who waits
		w.spawn(w.hears(fast, "fast"), w.hears(fast, "fast"), w.hears(fast, "fast"))
		w.spawn(w.hears(slow, "slow"), w.hears(slow, "slow"))
		w.turns(1)
		w.traced("fast:1 fast:missed2 fast:4 fast:5 slow:missed3 slow:4")
		w.sends(b, 6, 7)
		// A cancel that comes first does not take the error away.
		w.spawn(w.hears(slow, "slow"), w.hears(slow, "slow"), w.hears(slow, "slow")).Cancel(nil)
		w.turns(1)
		w.traced("slow:canceled slow:missed1 slow:6")
	})
}

func TestSlowSubscriptionIsClosed(t *testing.T) {
	inBothForms(t, func(w *world) {
		b := rt.NewBroadcast[int]()
		slow, fast := b.Subscribe(2, rt.CloseSlow), b.Subscribe(4, rt.CloseSlow)
		w.sends(b, 1, 2, 3, 4)
		w.spawn(w.hears(slow, "slow"), w.hears(slow, "slow"), w.hears(slow, "slow"), w.hears(slow, "slow"))
		w.turns(1)
		w.traced("slow:1 slow:2 slow:too_slow slow:too_slow")
		b.Close()
		w.spawn(w.hears(fast, "fast"), w.hears(fast, "fast"), w.hears(fast, "fast"), w.hears(fast, "fast"), w.hears(fast, "fast"))
		w.turns(1)
		w.traced("fast:1 fast:2 fast:3 fast:4 fast:closed")
	})
}

func TestCloseOfABroadcast(t *testing.T) {
	inBothForms(t, func(w *world) {
		b := rt.NewBroadcast[int]()
		waits, has := b.Subscribe(1, rt.DropOldest), b.Subscribe(1, rt.DropOldest)
		waiting := w.spawn(w.hears(waits, "waits"), w.next())
		w.turns(1)
		w.sends(b, 1, 2)
		b.Close()
		b.Close()
		waiting.Cancel(nil)
		if err := b.Send(3); err != rt.ErrClosed || !b.Closed() {
			w.Errorf("error %v, closed %v", err, b.Closed())
		}
		late := b.Subscribe(1, rt.DropOldest)
		w.spawn(w.hears(has, "has"), w.hears(has, "has"), w.hears(has, "has"))
		w.spawn(w.hears(late, "late"))
		w.turns(1)
		w.traced("waits:1 next:canceled has:missed1 has:2 has:closed late:closed")
	})
}

// An item goes to who has waited longest, among those who share a subscription.
func TestSharedSubscription(t *testing.T) {
	inBothForms(t, func(w *world) {
		b := rt.NewBroadcast[int]()
		s := b.Subscribe(1, rt.CloseSlow)
		a := w.spawn(w.hears(s, "a"))
		w.spawn(w.hears(s, "b"))
		w.spawn(w.hears(s, "c"))
		w.turns(1)
		a.Cancel(nil)
		w.sends(b, 1, 2)
		w.turns(1)
		w.traced("a:canceled b:1 c:2")
	})
}

func TestSubscriptionTryGet(t *testing.T) {
	inBothForms(t, func(w *world) {
		b := rt.NewBroadcast[int]()
		s, slow := b.Subscribe(2, rt.DropOldest), b.Subscribe(1, rt.CloseSlow)
		tries := func(s *rt.Subscription[int]) {
			v, ok, err := s.TryGet()
			w.log("%d:%v:%s", v, ok, kindOf(err))
		}
		tries(s)
		w.sends(b, 1, 2, 3)
		for range 4 {
			tries(s)
		}
		w.traced("0:false:nil 0:false:missed1 2:true:nil 3:true:nil 0:false:nil")
		for range 3 {
			tries(slow)
		}
		w.traced("1:true:nil 0:false:too_slow 0:false:too_slow")
		// What was handed over to who waits cannot be taken.
		w.spawn(w.hears(s, "a"))
		w.turns(1)
		w.sends(b, 4, 5)
		tries(s)
		w.turns(1)
		w.sends(b, 6)
		b.Close()
		tries(s)
		tries(s)
		w.traced("5:true:nil a:4 6:true:nil 0:false:closed")
	})
}

// heard is a step that ranges over s to the end, and logs what comes.
func (w *world) heard(s *rt.Subscription[int]) step {
	return step{
		block: func() {
			for v, err := range rt.Each(s.All) {
				if err != nil {
					w.log("%s", kindOf(err))
					continue
				}
				w.log("%d", v)
			}
		},
		end: func() error { return nil },
	}
}

// All goes on to the end of the subscription, or to where items are missing; then another goes on after these.
func TestSubscriptionAll(t *testing.T) {
	w := newWorld(t)
	w.plain = true
	b := rt.NewBroadcast[int]()
	s, slow := b.Subscribe(2, rt.DropOldest), b.Subscribe(2, rt.CloseSlow)
	w.spawn(w.heard(s), w.says("again"), w.heard(s), w.says("end"))
	w.turns(1)
	w.sends(b, 1) // is handed over
	w.turns(1)
	w.sends(b, 2, 3, 4, 5)
	w.turns(1)
	w.traced("1 2 missed1 again 4 5")
	w.spawn(w.heard(slow))
	w.turns(1)
	w.traced("1 2 too_slow")
	b.Close()
	w.turns(1)
	w.traced("end")

	// The async form.
	w.plain = false
	b = rt.NewBroadcast[int]()
	s = b.Subscribe(2, rt.DropOldest)
	all, again := s.AllAsync(), s.AllAsync()
	nexts := func(g *rt.AsyncGenerator[int, struct{}, struct{}]) step {
		return await(g.NextAsync, func(a answer, err error) error { w.log("%d:%v:%s", a.First, a.Second, kindOf(err)); return nil })
	}
	w.sends(b, 1, 2)
	w.spawn(nexts(all), do(func() { w.sends(b, 3, 4) }), nexts(all), nexts(all), nexts(again), nexts(again), do(b.Close), nexts(again))
	w.turns(2)
	w.traced("1:true:nil 0:false:missed1 0:false:nil 3:true:nil 4:true:nil 0:false:nil")
}

func ExampleBroadcast() {
	prices := rt.NewBroadcast[int]()
	slow := prices.Subscribe(2, rt.DropOldest)
	err := rt.Run0(func() error {
		for price := 100; price < 105; price++ {
			if err := prices.Send(price); err != nil {
				return err
			}
		}
		prices.Close()
		for {
			price, err := slow.Get()
			var missed *rt.MissedError
			switch {
			case errors.Is(err, rt.ErrClosed):
				return nil
			case errors.As(err, &missed):
				fmt.Println("missed", missed.Missed)
			case err != nil:
				return err
			default:
				fmt.Println(price)
			}
		}
	})
	fmt.Println(err)
	// Output:
	// missed 3
	// 103
	// 104
	// <nil>
}
