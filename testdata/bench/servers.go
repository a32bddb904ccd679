package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"runtime/debug"
)

// A server serves an echo on a free port of this host. It calls ready with its address when it accepts, and does not return.
type server func(ready func(addr string)) error

// servers are the kinds that are written in Go, each in a process of its own: this program, run again.
var servers = map[string]server{
	"goasync":        serveSpawned,
	"goasync-server": serveWithServer,
	"gnet":           serveGnet,
	"nbio":           serveNbio,
	"netpoll":        serveNetpoll,
	"net":            serveNet,
}

// order is how the table lists the servers. The first that runs is what the others are compared with.
var order = []string{"c", "goasync", "goasync-server", "gnet", "nbio", "netpoll", "net"}

// servingPrefix begins the line with the address. Before it there may be others, as of loggers.
const servingPrefix = "serving "

// runServer is main of a server process: it prints its address, gives memory back for each line of its input, and ends with that.
func runServer(kind string) {
	go func() {
		panic(servers[kind](func(addr string) { fmt.Println(servingPrefix + addr) }))
	}()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		for range 4 { // the first collections take memory for their own work
			debug.FreeOSMemory()
		}
		fmt.Println("done")
	}
}

// serveNet is a goroutine for each connection, with a buffer of its own.
func serveNet(ready func(addr string)) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ready(ln.Addr().String())
	for {
		c, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer c.Close()
			buf := make([]byte, 4096)
			for {
				n, err := c.Read(buf)
				if err != nil {
					return
				}
				if _, err := c.Write(buf[:n]); err != nil {
					return
				}
			}
		}()
	}
}
