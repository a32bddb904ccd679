package rt_test

import (
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
)

// A shared makes one call for all who ask while it is under way.
type shared struct{ call *rt.Task[string] }

// get would be marked //async:func. Who is cancelled here leaves the call to the others, since Wait cancels nothing; call.Wait()
// would cancel it for all of them.
func (s *shared) get(fetch func() (string, error)) (string, error) {
	if s.call == nil || s.call.Done() {
		s.call = rt.Spawn(func() (string, error) { return rt.Await(fetch()) })
	}
	call := s.call
	if _, _, err := rt.Await2(rt.Wait(rt.UntilAll, call)); err != nil {
		return "", err
	}
	return call.Result()
}

// Several tasks share one call, and one of them gives up.
func ExampleWait_shared() {
	err := rt.Run0(func() error {
		var s shared
		arrived := rt.NewEvent()
		fetch := func() (string, error) {
			fmt.Println("fetching")
			return "the page", rt.Await0(arrived.Wait())
		}
		hasty := rt.Spawn(func() (string, error) {
			return rt.Timeout(time.Microsecond, func() (string, error) { return s.get(fetch) })
		})
		patient := rt.Spawn(func() (string, error) { return s.get(fetch) })
		_, err := hasty.Wait()
		fmt.Println(err)
		arrived.Set()
		text, err := patient.Wait()
		fmt.Println(text)
		return err
	})
	fmt.Println(err)
	// Output:
	// fetching
	// rt: timed out after 1µs
	// the page
	// <nil>
}
