//go:build linux

package poll

import "golang.org/x/sys/unix"

// sendTwo writes from a, and then from b, to a socket, until both are sent or a call fails, up to maxTransfer bytes or a little more.
// It may have sent some when it fails.
func sendTwo(fd int, a, b []byte) (n int, err error) {
	for len(a)+len(b) > 0 && n < maxTransfer {
		var k int
		switch {
		case len(a) == 0:
			k, err = send(fd, b)
		case len(b) == 0 || len(a) >= maxTransfer:
			k, err = send(fd, a)
		default:
			k, err = sendMessage(fd, a, b[:min(len(b), maxTransfer)])
		}
		if err != nil {
			return n, err
		}
		n += k
		a, b = without(a, b, k)
	}
	return n, nil
}

// sendMessage writes a and b to a socket by one call, like send. Neither is empty, or longer than maxTransfer.
func sendMessage(fd int, a, b []byte) (n int, err error) {
	pieces := [...]unix.Iovec{{Base: &a[0]}, {Base: &b[0]}}
	pieces[0].SetLen(len(a))
	pieces[1].SetLen(len(b))
	return sendPieces(fd, pieces[:])
}
