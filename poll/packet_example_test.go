//go:build linux

package poll_test

import (
	"fmt"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A server that sends each datagram back to where it is from, and its client, as two tasks of one loop. Reads that know their sender as a
// netip.AddrPort allocate nothing for a datagram.
func ExampleListenPacket() {
	echo := func(c *poll.PacketConn) error {
		buf := make([]byte, 1500)
		for {
			n, from, err := rt.Await2(c.ReadFromAddrPort(buf))
			if err != nil {
				return err
			}
			if _, err := rt.Await(c.WriteToAddrPort(buf[:n], from)); err != nil {
				return err
			}
		}
	}
	err := rt.Run0(func() error {
		server, err := poll.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer server.Close()
		rt.Spawn0(func() error { return rt.Await0(echo(server)) })

		client, err := rt.Await(poll.DialPacket("udp", server.LocalAddr().String()))
		if err != nil {
			return err
		}
		defer client.Close()
		buf := make([]byte, 1500)
		for _, text := range []string{"hello", "", "goodbye"} {
			if _, err := rt.Await(client.Write([]byte(text))); err != nil {
				return err
			}
			n, err := rt.Await(client.Read(buf))
			if err != nil {
				return err
			}
			fmt.Printf("%q\n", buf[:n])
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// "hello"
	// ""
	// "goodbye"
}

// Control messages and flags come with a Message; several of them are received by one system call.
func ExamplePacketConn_ReadBatch() {
	server, err := poll.ListenPacket("unixgram", "@example of a batch")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	client, err := poll.DialPacket("unixgram", "@example of a batch")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	if _, err := client.WriteBatch([]poll.Message{{Data: []byte("one")}, {Data: []byte("two")}, {Data: []byte("a long one")}}); err != nil {
		fmt.Println(err)
	}

	messages := make([]poll.Message, 10)
	for i := range messages {
		messages[i].Data = make([]byte, 6)
	}
	n, err := server.ReadBatch(messages)
	for _, m := range messages[:n] {
		fmt.Printf("%q %v\n", m.Data[:m.N], m.Truncated())
	}
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// "one" false
	// "two" false
	// "a long" true
}
