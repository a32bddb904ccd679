package rt_test

import "testing"

// swept is one row of the table of CANCEL.md: operations that are one but for the types of their functions.
type swept struct {
	names  []string // as godoc has them, methods after their type
	cancel string   // what a cancel does while it waits
	lost   string   // what can be lost by it
	meets  []func(w *world) meeting
	real   func(t *testing.T) // instead, where the other side is a goroutine
}

func one(meet func(w *world) meeting) []func(w *world) meeting {
	return []func(w *world) meeting{meet}
}

var rows = []swept{
	{names: []string{"Sleep"}, meets: one(meetSleep)},
	{names: []string{"YieldNow"}, meets: one(meetYieldNow)},
	{names: []string{"Lock.Lock"}, meets: one(meetLock)},
	{names: []string{"Semaphore.Acquire"}, meets: one(meetSemaphore)},
	{names: []string{"Event.Wait"}, meets: one(meetEvent)},
	{names: []string{"Condition.Wait"}, meets: one(meetCondition)},
	{names: []string{"Condition.WaitFor"}, meets: one(meetConditionFor)},
	{names: []string{"Barrier.Wait"}, meets: one(meetBarrier)},
	{names: []string{"Queue.Put"}, meets: inAllOrders(meetPut)},
	{names: []string{"Queue.Get"}, meets: inAllOrders(meetGet)},
	{names: []string{"Queue.Join"}, meets: inAllOrders(meetJoin)},
	{names: []string{"Subscription.Get"}, meets: one(meetSubscription)},
	{names: []string{"Future.Wait"}, meets: one(meetFuture)},
	{names: []string{"Task.Wait"}, meets: one(meetTask)},
	{names: []string{"Wait", "WaitWithin"}, meets: []func(w *world) meeting{meetWait, meetWaitWithin}},
	{names: []string{"AsCompleted"}, meets: one(meetAsCompleted)},
	{names: []string{"Select", "SelectInOrder"}, meets: []func(w *world) meeting{
		func(w *world) meeting { return meetSelect(w, selects) },
		func(w *world) meeting { return meetSelect(w, selectsInOrder) },
	}},
	{names: []string{"After"}, meets: one(meetAfter)},
	{names: []string{"Timeout", "Timeout0"}, meets: one(meetTimeout)},
	{names: []string{"MoveOn", "MoveOn0"}, meets: []func(w *world) meeting{meetMoveOn, meetMoveOn0}},
	{names: []string{"Shield", "Shield0"}, meets: one(meetShield)},
	{names: []string{"Cleanup0"}, meets: one(meetCleanup)},
	{names: []string{"WithContext", "WithContext0"}, meets: one(meetWithContext)},
	{names: []string{"Gather", "Gather0"}, meets: one(meetGather)},
	{names: []string{"Map", "Map0"}, meets: one(meetMap)},
	{names: []string{"Race", "Race0"}, meets: one(meetRace)},
	{names: []string{"Nursery"}, meets: one(meetNursery)},
	{names: []string{"Group.Start"}, meets: one(meetStart)},
	{names: []string{"Group.GoWait"}, meets: one(meetGoWait)},
	{names: []string{"Group.Drain"}, meets: one(meetDrain)},
	{names: []string{"AsyncGenerator.Next"}, meets: one(meetNext)},
	{names: []string{"AsyncGenerator.Send"}, meets: one(meetSend)},
	{names: []string{"AsyncGenerator.Throw"}, meets: one(meetThrow)},
	{names: []string{"AsyncGenerator.Close"}, meets: one(meetClose)},
	{names: []string{"Each"}, meets: one(meetEach)},
	{names: []string{"Queue.All"}, meets: one(meetAll)},
	{names: []string{"Recv"}, real: repeated(meetRecv)},
	{names: []string{"SendTo"}, real: repeated(meetSendTo)},
	{names: []string{"Receiver.Recv"}, real: repeated(meetReceiverRecv)},
	{names: []string{"Receiver.All"}, real: repeated(meetReceiverAll)},
	{names: []string{"On", "On0"}, real: repeated(meetOn)},
	{names: []string{"Blocking", "Blocking0"}, real: repeated(meetBlocking)},
}

func TestSweepOfEveryOperation(t *testing.T) {
	for _, row := range rows {
		t.Run(row.names[0], func(t *testing.T) {
			for _, meet := range row.meets {
				sweepMeeting(t, meet)
				exploreMeeting(t, meet)
			}
			if row.real != nil {
				row.real(t)
			}
		})
	}
}
