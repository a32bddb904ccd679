//go:build linux

package poll

import (
	"net"
	"runtime"
	"syscall"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestControl_DoesNotReturn: a Control function that panics, or ends its goroutine, leaves no socket behind.
func TestControl_DoesNotReturn(t *testing.T) {
	ln, unixLn := listenLocal(t), listenOver(t, "unix")
	for how, leave := range map[string]func(){"panic": func() { panic("control") }, "Goexit": runtime.Goexit} {
		left := false
		control := func(_, address string, _ syscall.RawConn) error {
			if _, port, _ := net.SplitHostPort(address); port == "0" && address[0] == '[' {
				return nil // the first one of ListenAll
			}
			left = true
			leave()
			return nil
		}
		d, lc := &Dialer{Control: control}, &ListenConfig{Control: control}
		for what, open := range map[string]func(){
			"Dial":                  func() { d.Dial("tcp", ln.Addr().String()) },
			"Dial, unix":            func() { d.Dial("unix", unixLn.Addr().String()) },
			"Dial in a task":        func() { rt.Run(func() (*Conn, error) { return d.Dial("tcp", ln.Addr().String()) }) },
			"Listen":                func() { lc.Listen("tcp", "127.0.0.1:0") },
			"Listen, unix":          func() { lc.Listen("unix", socketPath(t)) },
			"ListenAll":             func() { lc.ListenAll("tcp", "[::1]:0", "127.0.0.1:0") },
			"ListenPacket":          func() { lc.ListenPacket("udp", "127.0.0.1:0") },
			"ListenPacket unixgram": func() { lc.ListenPacket("unixgram", "") },
		} {
			before := len(openDescriptors())
			left = false
			done := make(chan struct{})
			go func() {
				defer close(done)
				defer func() { recover() }()
				open()
			}()
			<-done
			if !left {
				t.Errorf("%s: Control was not called", what)
			}
			if n := len(openDescriptors()); n > before {
				t.Errorf("%s, by %s: %d descriptors are open, %d were before", what, how, n, before)
			}
		}
	}
}
