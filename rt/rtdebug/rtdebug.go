// Package rtdebug shows what the loops of a running program do: over HTTP, on a signal, as expvar variables, in profiles and in
// execution traces. It is a package of its own so that programs without it do without net/http and the like.
//
// All of it works from other goroutines and costs the loops nothing until somebody looks. A loop that is kept busy by one task
// cannot answer: what is shown says so.
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
	"time"

	"github.com/goasync/goasync/rt"
)

// patience is how long a loop has to answer.
const patience = time.Second

// Handler returns a handler that shows the tasks of all loops that run, as rt.Dump writes them, or, of a request with
// format=json, as a JSON array of rt.Snapshot. It shows how the program works inside: serve it where only you can ask, as
// net/http/pprof.
//
//	http.Handle("/debug/tasks", rtdebug.Handler())
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	all, failed := rt.Snapshots(ctx)
	if r.FormValue("format") != "json" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		write(w, all, failed)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if all == nil {
		all = []*rt.Snapshot{}
	}
	if failed != nil {
		w.WriteHeader(http.StatusServiceUnavailable) // with what there is
	}
	json.NewEncoder(w).Encode(all)
}

// write writes snapshots, and why there are not more.
func write(w io.Writer, all []*rt.Snapshot, failed error) error {
	for _, s := range all {
		if _, err := s.WriteTo(w); err != nil {
			return err
		}
	}
	if failed != nil {
		_, err := fmt.Fprintf(w, "a loop does not answer, as something blocks it: %v\n", failed)
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

// OnSignal has the tasks of all loops that run written to w whenever the process gets one of the signals, until stop is called.
//
//	defer rtdebug.OnSignal(os.Stderr, syscall.SIGUSR1)()
func OnSignal(w io.Writer, signals ...os.Signal) (stop func()) {
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
	return func() {
		signal.Stop(came)
		close(came)
		<-ended
	}
}
