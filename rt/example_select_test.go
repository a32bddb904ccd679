package rt_test

import (
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
)

// serve would be marked //async:func. It answers requests until it is told to stop, or has heard nothing for a second.
func serve(requests *rt.Queue[string], stop *rt.Event) error {
	for {
		request := requests.GetOp()
		switch i, err := rt.Await(rt.SelectInOrder(request, stop.WaitOp(), rt.After(time.Second))); {
		case err != nil:
			return err
		case i == 0:
			text, err := request.Result()
			if err != nil {
				return err
			}
			fmt.Println("served", text)
		case i == 1:
			fmt.Println("stopped")
			return nil
		default:
			fmt.Println("idle")
			return nil
		}
	}
}

func ExampleSelect() {
	err := rt.Run0(func() error {
		requests, stop := rt.NewQueue[string](0), rt.NewEvent()
		server := rt.Spawn0(func() error { return serve(requests, stop) })
		requests.TryPut("one")
		requests.TryPut("two")
		stop.Set()
		_, err := server.Wait()
		return err
	})
	fmt.Println(err)
	// Output:
	// served one
	// served two
	// stopped
	// <nil>
}
