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

// What is lost, where docstrings say "Cancel: lossless" and "Cancel: as lossless as".
const (
	nothing = "nothing"
	asMuch  = "what the functions lose"
)

// What a cancel does, of many operations.
const (
	leavesLine    = "ends the wait: the task leaves the line"
	reachesInside = "fails what the function awaits, until it has returned"
	cancelsAll    = "cancels the functions, and waits until they have ended"
	reachesSource = "fails what the generator awaits, which may clean up, or yield all the same"
	leavesAlone   = "ends the wait alone; what was waited for goes on"
)

func one(meet func(w *world) meeting) []func(w *world) meeting {
	return []func(w *world) meeting{meet}
}

// rows are all operations of the package. TestEveryOperationHasARow finds what is missing.
var rows = []swept{
	{
		names:  []string{"Sleep"},
		cancel: "ends it early; its timer is gone", lost: nothing,
		meets: one(meetSleep),
	},
	{
		names:  []string{"YieldNow"},
		cancel: "is met by the next await, as the task is ready already", lost: nothing,
		meets: one(meetYieldNow),
	},
	{
		names:  []string{"After"},
		cancel: "is met by the Select that it was given to", lost: nothing,
		meets: one(meetAfter),
	},
	{
		names:  []string{"Future.Wait"},
		cancel: "cancels the future, and so everybody's wait; one that was set keeps its result", lost: nothing,
		meets: one(meetFuture),
	},
	{
		names:  []string{"Task.Wait"},
		cancel: "cancels the task, and waits until it has ended; if it ends without having met the cancel, the next await does", lost: nothing,
		meets: one(meetTask),
	},
	{
		names:  []string{"Wait", "WaitWithin"},
		cancel: leavesAlone, lost: nothing,
		meets: []func(w *world) meeting{meetWait, meetWaitWithin},
	},
	{
		names:  []string{"AsCompleted"},
		cancel: leavesAlone, lost: nothing,
		meets: one(meetAsCompleted),
	},
	{
		names:  []string{"Select", "SelectInOrder"},
		cancel: "withdraws all from their lines; nothing was taken", lost: nothing,
		meets: []func(w *world) meeting{
			func(w *world) meeting { return meetSelect(w, selects) },
			func(w *world) meeting { return meetSelect(w, selectsInOrder) },
		},
	},
	{
		names:  []string{"Lock.Lock"},
		cancel: leavesLine, lost: nothing,
		meets: one(meetLock),
	},
	{
		names:  []string{"Semaphore.Acquire"},
		cancel: leavesLine, lost: nothing,
		meets: []func(w *world) meeting{meetSemaphore, meetUnboundedSemaphore},
	},
	{
		names:  []string{"Event.Wait"},
		cancel: leavesLine, lost: nothing,
		meets: one(meetEvent),
	},
	{
		names:  []string{"Condition.Wait"},
		cancel: "ends the wait when the lock is taken again", lost: nothing,
		meets: one(meetCondition),
	},
	{
		names:  []string{"Condition.WaitFor"},
		cancel: "ends the wait when the lock is taken again", lost: nothing,
		meets: one(meetConditionFor),
	},
	{
		names:  []string{"Barrier.Wait"},
		cancel: "takes the task back: it counts as one that has not come", lost: nothing,
		meets: []func(w *world) meeting{meetBarrier, meetSelectedBarrier},
	},
	{
		names:  []string{"Queue.Put"},
		cancel: "ends the wait for room: the item was not put", lost: nothing,
		meets: inAllOrders(meetPut),
	},
	{
		names:  []string{"Queue.Get"},
		cancel: leavesLine, lost: nothing,
		meets: inAllOrders(meetGet),
	},
	{
		names:  []string{"Queue.Join"},
		cancel: leavesLine, lost: nothing,
		meets: append(inAllOrders(meetJoin), meetSelectedJoin),
	},
	{
		names:  []string{"Queue.All"},
		cancel: leavesLine, lost: nothing,
		meets: one(meetAll),
	},
	{
		names:  []string{"Subscription.Get"},
		cancel: leavesLine, lost: nothing,
		meets: []func(w *world) meeting{meetSubscription, meetSelectedSubscription},
	},
	{
		names:  []string{"Subscription.All"},
		cancel: leavesLine, lost: nothing,
		meets: one(meetSubscriptionAll),
	},
	{
		names:  []string{"Timeout", "Timeout0"},
		cancel: reachesInside, lost: asMuch,
		meets: one(meetTimeout),
	},
	{
		names:  []string{"MoveOn", "MoveOn0"},
		cancel: reachesInside, lost: asMuch,
		meets: []func(w *world) meeting{meetMoveOn, meetMoveOn0},
	},
	{
		names:  []string{"WithContext", "WithContext0"},
		cancel: reachesInside, lost: asMuch,
		meets: one(meetWithContext),
	},
	{
		names:  []string{"Shield", "Shield0"},
		cancel: "waits until the function has returned; the next await meets it", lost: nothing,
		meets: one(meetShield),
	},
	{
		names:  []string{"Cleanup0"},
		cancel: "waits until the function has returned; the next await meets it", lost: nothing,
		meets: one(meetCleanup),
	},
	{
		names:  []string{"Gather", "Gather0"},
		cancel: cancelsAll, lost: "results that there were already",
		meets: one(meetGather),
	},
	{
		names:  []string{"Map", "Map0"},
		cancel: cancelsAll, lost: "results that there were already",
		meets: one(meetMap),
	},
	{
		names:  []string{"Race", "Race0"},
		cancel: cancelsAll + "; when one has won, the next await meets it", lost: "what a function returns after it",
		meets: one(meetRace),
	},
	{
		names:  []string{"Nursery"},
		cancel: cancelsAll + ", and fails what the body awaits", lost: asMuch,
		meets: one(meetNursery),
	},
	{
		names:  []string{"Group.Start"},
		cancel: "cancels the function, and waits until it has ended; before its turn, it is not begun", lost: asMuch,
		meets: []func(w *world) meeting{meetStart, meetStartInLine},
	},
	{
		names:  []string{"Group.GoWait"},
		cancel: "ends the wait for a turn: the function is not begun", lost: nothing,
		meets: one(meetGoWait),
	},
	{
		names:  []string{"Group.SuperviseWait"},
		cancel: "ends the wait for a turn: the function is not begun", lost: nothing,
		meets: one(meetSuperviseWait),
	},
	{
		names:  []string{"Group.Drain"},
		cancel: cancelsAll, lost: asMuch,
		meets: one(meetDrain),
	},
	{
		names:  []string{"AsyncGenerator.Next"},
		cancel: reachesSource, lost: nothing,
		meets: one(meetNext),
	},
	{
		names:  []string{"AsyncGenerator.Send"},
		cancel: reachesSource, lost: nothing,
		meets: one(meetSend),
	},
	{
		names:  []string{"AsyncGenerator.Throw"},
		cancel: reachesSource, lost: nothing,
		meets: one(meetThrow),
	},
	{
		names:  []string{"AsyncGenerator.Close"},
		cancel: reachesSource, lost: nothing,
		meets: one(meetClose),
	},
	{
		names:  []string{"AsyncGenerator.All"},
		cancel: reachesSource, lost: nothing,
		meets: one(meetRest),
	},
	{
		names:  []string{"Each"},
		cancel: reachesSource, lost: nothing,
		meets: one(meetEach),
	},
	{
		names:  []string{"Recv"},
		cancel: "calls the goroutine back that waits for the channel", lost: nothing,
		real: repeated(meetRecv),
	},
	{
		names:  []string{"SendTo"},
		cancel: "calls the goroutine back that waits for the channel: the value was not sent", lost: nothing,
		real: repeated(meetSendTo),
	},
	{
		names:  []string{"Receiver.Recv"},
		cancel: leavesLine + "; a value that comes then is kept for the next", lost: nothing,
		real: repeated(meetReceiverRecv),
	},
	{
		names:  []string{"Receiver.All"},
		cancel: leavesLine + "; a value that comes then is kept for the next", lost: nothing,
		real: repeated(meetReceiverAll),
	},
	{
		names:  []string{"On", "On0"},
		cancel: "cancels the function's task on the other loop, and waits until it has ended; if it ends without having met the cancel, the next await does", lost: asMuch,
		real: repeated(meetOn),
	},
	{
		names:  []string{"Blocking", "Blocking0"},
		cancel: "ends its context, and abandons the function, which runs on", lost: "what the function returns; what it did is not undone",
		real: repeated(meetBlocking),
	},
}

func TestF33_SweepOfEveryOperation(t *testing.T) {
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
