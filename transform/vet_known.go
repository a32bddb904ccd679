package transform

// A knownCall is a function of the standard library that Vet warns of.
type knownCall struct {
	name   string // path.Function or path.Type.Method
	advice string
}

const (
	adviseBlocking = "which blocks the loop; call it in rt.Blocking"
	adviseTimer    = "a timer that the loop's clock does not know"
)

// blocking are these functions, in the order of their names.
var blocking = []knownCall{
	{"context.WithDeadline", adviseTimer + "; use rt.Timeout, or rt.Context in one"},
	{"context.WithDeadlineCause", adviseTimer + "; use rt.Timeout, or rt.Context in one"},
	{"context.WithTimeout", adviseTimer + "; use rt.Timeout, or rt.Context in one"},
	{"context.WithTimeoutCause", adviseTimer + "; use rt.Timeout, or rt.Context in one"},
	{"net.Conn.Read", adviseBlocking},
	{"net.Conn.Write", adviseBlocking},
	{"net.Dial", "which blocks the loop; await poll.Dial"},
	{"net.DialTCP", "which blocks the loop; await poll.Dial"},
	{"net.DialTimeout", "which blocks the loop; await poll.Dial in rt.Timeout"},
	{"net.DialUDP", "which blocks the loop; await poll.DialPacket"},
	{"net.DialUnix", "which blocks the loop; await poll.Dial"},
	{"net.Dialer.Dial", "which blocks the loop; await that of a poll.Dialer"},
	{"net.Dialer.DialContext", "which blocks the loop; await Dial of a poll.Dialer"},
	{"net.Listener.Accept", adviseBlocking},
	{"net.LookupAddr", adviseBlocking},
	{"net.LookupCNAME", adviseBlocking},
	{"net.LookupHost", "which blocks the loop; await poll.LookupNetIP"},
	{"net.LookupIP", "which blocks the loop; await poll.LookupNetIP"},
	{"net.LookupMX", adviseBlocking},
	{"net.LookupNS", adviseBlocking},
	{"net.LookupSRV", adviseBlocking},
	{"net.LookupTXT", adviseBlocking},
	{"net/http.Client.Do", adviseBlocking},
	{"net/http.Client.Get", adviseBlocking},
	{"net/http.Client.Head", adviseBlocking},
	{"net/http.Client.Post", adviseBlocking},
	{"net/http.Client.PostForm", adviseBlocking},
	{"net/http.Get", adviseBlocking},
	{"net/http.Head", adviseBlocking},
	{"net/http.ListenAndServe", adviseBlocking},
	{"net/http.ListenAndServeTLS", adviseBlocking},
	{"net/http.Post", adviseBlocking},
	{"net/http.PostForm", adviseBlocking},
	{"net/http.Serve", adviseBlocking},
	{"net/http.Server.ListenAndServe", adviseBlocking},
	{"net/http.Server.ListenAndServeTLS", adviseBlocking},
	{"net/http.Server.Serve", adviseBlocking},
	{"net/http.Server.ServeTLS", adviseBlocking},
	{"net/http.Server.Shutdown", adviseBlocking},
	{"os/exec.Cmd.CombinedOutput", adviseBlocking},
	{"os/exec.Cmd.Output", adviseBlocking},
	{"os/exec.Cmd.Run", adviseBlocking},
	{"os/exec.Cmd.Wait", adviseBlocking},
	{"sync.Cond.Wait", "which blocks the loop; use an rt.Condition, or call it in rt.Blocking"},
	{"sync.Locker.Lock", "which blocks the loop while another has it; use an rt.Lock, or lock in rt.Blocking"},
	{"sync.Mutex.Lock", "which blocks the loop while another has it; code between two awaits needs no lock, across an await use an rt.Lock"},
	{"sync.RWMutex.Lock", "which blocks the loop while another has it; code between two awaits needs no lock, across an await use an rt.Lock"},
	{"sync.RWMutex.RLock", "which blocks the loop while another has it; code between two awaits needs no lock, across an await use an rt.Lock"},
	{"sync.WaitGroup.Go", "whose goroutine runs beside the loop; use rt.Nursery"},
	{"sync.WaitGroup.Wait", "which blocks the loop; use rt.Nursery, or call it in rt.Blocking"},
	{"time.After", adviseTimer + "; use rt.After in rt.Select, or rt.Timeout"},
	{"time.AfterFunc", adviseTimer + ", and it calls the function on a goroutine; use CallLater of the loop, or rt.Spawn a task that awaits rt.Sleep"},
	{"time.NewTicker", adviseTimer + "; await rt.Sleep in a loop"},
	{"time.NewTimer", adviseTimer + "; use rt.After in rt.Select, or rt.Timeout"},
	{"time.Now", "which is not the loop's clock; use rt.Now()"},
	{"time.Since", "which does not use the loop's clock; use rt.Now().Sub(t)"},
	{"time.Sleep", "which blocks the loop; await rt.Sleep"},
	{"time.Tick", adviseTimer + "; await rt.Sleep in a loop"},
	{"time.Until", "which does not use the loop's clock; use t.Sub(rt.Now())"},
}
