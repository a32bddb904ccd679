//go:build linux

package poll

const serverEnv = "POLL_BENCH_SERVER"

func benchServer() {}
