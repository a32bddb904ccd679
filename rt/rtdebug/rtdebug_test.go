package rtdebug

import (
	"context"
	"encoding/json"
	"expvar"
	"io"
	"net/http/httptest"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/goasync/goasync/rt"
)

// running runs a task that waits for a future, and calls look meanwhile on another goroutine.
func running(t *testing.T, look func()) {
	t.Helper()
	l, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f := rt.NewFutureOn[int](l)
	task := rt.SpawnOn(l, f.WaitAsync())
	task.SetName("waiter")
	l.CallSoon(func() { // it runs by now
		go func() {
			defer l.Post(func() { f.SetResult(1) })
			look()
		}()
	})
	if _, err := rt.RunUntil(l, task); err != nil {
		t.Fatal(err)
	}
}

func get(query string) *httptest.ResponseRecorder { return getWithin(context.Background(), query) }

func getWithin(ctx context.Context, query string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/debug/tasks"+query, nil))
	return w
}

func TestHandler(t *testing.T) {
	running(t, func() {
		if got := get("").Body.String(); !strings.Contains(got, "waiter: waiting\n    └── a future, place 1") {
			t.Errorf("the tasks are shown as\n%s", got)
		}
		var all []*rt.Snapshot
		if err := json.Unmarshal(get("?format=json").Body.Bytes(), &all); err != nil {
			t.Error(err)
		}
		if len(all) != 1 || len(all[0].Tasks) != 1 || all[0].Tasks[0].Name != "waiter" {
			t.Errorf("the tasks are %v, want one", all)
		}
	})
	if w := get("?format=json"); w.Code != 200 || strings.TrimSpace(w.Body.String()) != "[]" {
		t.Errorf("without loops it says %d, %s", w.Code, w.Body)
	}
}

// blocked has a task keep a loop from everything else while look is called.
func blocked(t *testing.T, look func()) {
	t.Helper()
	err := rt.Run0(func() error {
		looked := make(chan struct{})
		go func() { defer close(looked); look() }()
		<-looked
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Where a loop does not answer, both formats say so.
func TestHandlerOfALoopThatIsBlocked(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // who has asked waits no longer
	blocked(t, func() {
		if w := getWithin(ctx, ""); w.Code != 503 || !strings.Contains(w.Body.String(), "does not answer") {
			t.Errorf("as text: %d, %s", w.Code, w.Body)
		}
		w := getWithin(ctx, "?format=json")
		var got struct {
			Snapshots []rt.Snapshot
			Error     string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Error(err)
		}
		if w.Code != 503 || got.Snapshots == nil || !strings.Contains(got.Error, "does not answer") {
			t.Errorf("as JSON: %d, %s", w.Code, w.Body)
		}
	})
}

func TestPublish(t *testing.T) {
	Publish("loops")
	running(t, func() {
		var all []rt.Stats
		if err := json.Unmarshal([]byte(expvar.Get("loops").String()), &all); err != nil {
			t.Error(err)
		}
		if len(all) != 1 || all[0].Tasks != 1 || all[0].Posts == 0 {
			t.Errorf("counts %+v, want those of one loop with one task", all)
		}
	})
}

func TestOnSignal(t *testing.T) {
	running(t, func() {
		r, w := io.Pipe()
		stop := OnSignal(w, syscall.SIGUSR1)
		if err := syscall.Kill(syscall.Getpid(), syscall.SIGUSR1); err != nil {
			t.Error(err)
		}
		var got strings.Builder
		for p := make([]byte, 1<<10); !strings.Contains(got.String(), "a future"); {
			n, err := r.Read(p)
			if err != nil {
				t.Error(err)
				break
			}
			got.Write(p[:n])
		}
		r.Close()
		stop()
		stop()
	})
	defer func() {
		if _, ok := recover().(rt.Misuse); !ok {
			t.Error("OnSignal without signals is no Misuse")
		}
	}()
	OnSignal(io.Discard)()
}

// What programs import that do without this package does not grow by it.
func TestRuntimeDoesNotImportServers(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "github.com/goasync/goasync/rt", "github.com/goasync/goasync/poll").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.FieldsSeq(string(out)) {
		switch dep {
		case "net/http", "expvar", "os/signal", "runtime/pprof", "runtime/trace":
			t.Errorf("package rt or poll depends on %s", dep)
		}
	}
}
