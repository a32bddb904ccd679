// Package rtdebug shows what the loops of a running program do: over HTTP, on a signal, as expvar variables, in profiles and in
// execution traces. It is a package of its own so that programs without it do without net/http and the like.
//
// All of it but Follow, which has its loop report every step, works from other goroutines and costs the loops nothing until somebody
// looks. A loop that is kept busy by one task cannot answer: what is shown says so.
package rtdebug

import (
	"context"
	"encoding/json"
	"expvar"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/goasync/goasync/rt"
)

// patience is how long a loop has to answer.
const patience = time.Second

// Handler returns a handler that shows the tasks of all loops that run, as rt.Dump writes them, or, of a request with
// format=json, as a JSON array of rt.Snapshot. If a loop has not answered within a second, the status is 503, and the answer what the
// others have said and why that is not all: as JSON an object with the array, snapshots, and a string, error. It shows how the program
// works inside: serve it where only you can ask, as net/http/pprof.
//
//	http.Handle("/debug/tasks", rtdebug.Handler())
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	all, failed := rt.Snapshots(ctx)
	asJSON := r.FormValue("format") == "json"
	if asJSON {
		w.Header().Set("Content-Type", "application/json")
	} else {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	if failed != nil {
		w.WriteHeader(http.StatusServiceUnavailable) // with what there is
	}
	if asJSON {
		writeJSON(w, all, failed)
	} else {
		write(w, all, failed)
	}
}

// writeJSON writes snapshots, and why there are not more.
func writeJSON(w io.Writer, all []*rt.Snapshot, failed error) error {
	if all == nil {
		all = []*rt.Snapshot{}
	}
	if failed == nil {
		return json.NewEncoder(w).Encode(all)
	}
	return json.NewEncoder(w).Encode(partial{all, notAll(failed)})
}

// partial is the JSON of snapshots that are not all.
type partial struct {
	Snapshots []*rt.Snapshot `json:"snapshots"`
	Error     string         `json:"error"`
}

// notAll says why there are not more snapshots.
func notAll(failed error) string {
	return fmt.Sprintf("a loop does not answer, as something blocks it: %v", failed)
}

// write writes snapshots, and why there are not more.
func write(w io.Writer, all []*rt.Snapshot, failed error) error {
	for _, s := range all {
		if _, err := s.WriteTo(w); err != nil {
			return err
		}
	}
	if failed != nil {
		_, err := fmt.Fprintln(w, notAll(failed))
		return err
	}
	return nil
}

// Publish makes the counts of all loops that run the expvar variable of that name: a list of rt.Stats. It panics if there is a
// variable of that name.
func Publish(name string) { expvar.Publish(name, expvar.Func(stats)) }

func stats() any {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	all, _ := rt.AllStats(ctx)
	return all
}

// OnSignal has the tasks of all loops that run written to w whenever the process gets one of the signals, at least one, until stop is
// called. Calling it again is nothing; any goroutine may.
//
//	defer rtdebug.OnSignal(os.Stderr, syscall.SIGUSR1)()
func OnSignal(w io.Writer, signals ...os.Signal) (stop func()) {
	if len(signals) == 0 {
		panic(rt.Misuse("rtdebug: OnSignal of no signal would take over all of them: say which, as syscall.SIGUSR1"))
	}
	came, ended := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(came, signals...)
	go func() {
		defer close(ended)
		for range came {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			all, failed := rt.Snapshots(ctx)
			cancel()
			write(w, all, failed) // who cannot be written to is not told
		}
	}()
	return sync.OnceFunc(func() {
		signal.Stop(came)
		close(came)
		<-ended
	})
}
