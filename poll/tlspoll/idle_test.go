//go:build linux

package tlspoll

const idleServerEnv = "TLSPOLL_IDLE_SERVER"

func idleServer(kind string) {}
