//go:build linux

package poll

import (
	"net"
	"strconv"
	"sync"
	"time"
)

// zoneAge is for how long the names of interfaces are taken to be what they were. A name that is not known is asked for at once, but no
// more often than every second, as anybody can send what has it asked for.
const (
	zoneAge  = int64(time.Minute)
	zoneMiss = int64(time.Second)
)

// A zoneTable knows the names of the system's interfaces, which are the zones of link-local addresses. To ask the kernel for one with each
// datagram would cost more than the datagram does, and with each connection keep the loop from its work.
type zoneTable struct {
	mu      sync.RWMutex
	asked   int64 // when, by now(); 0: never
	names   map[uint32]string
	indexes map[string]uint32
}

var zones zoneTable

// name returns the zone of an interface: its name, or its number if it has none.
func (t *zoneTable) name(index uint32) string {
	if name, ok := lookUpZone(t, &t.names, index); ok {
		return name
	}
	return strconv.FormatUint(uint64(index), 10)
}

// index returns the interface of a zone, 0 if there is none.
func (t *zoneTable) index(zone string) uint32 {
	if zone == "" {
		return 0
	}
	if index, ok := lookUpZone(t, &t.indexes, zone); ok {
		return index
	}
	n, _ := strconv.ParseUint(zone, 10, 32)
	return uint32(n)
}

// lookUpZone looks key up in one of t's maps, which it brings up to date if need be.
func lookUpZone[K comparable, V any](t *zoneTable, in *map[K]V, key K) (v V, ok bool) {
	t.mu.RLock()
	v, ok = (*in)[key]
	fresh := t.isFresh(ok)
	t.mu.RUnlock()
	if fresh {
		return v, ok
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if v, ok = (*in)[key]; t.isFresh(ok) { // others have asked meanwhile
		return v, ok
	}
	t.ask()
	v, ok = (*in)[key]
	return v, ok
}

// isFresh reports whether what t says of a key, or, if not known, that it does not know it, is taken to be true. The caller holds mu.
func (t *zoneTable) isFresh(known bool) bool {
	age := now() - t.asked
	return t.asked != 0 && (age < zoneMiss || known && age < zoneAge)
}

// ask asks the kernel for all interfaces. If that fails, what was known stays.
func (t *zoneTable) ask() {
	t.asked = now()
	interfaces, err := net.Interfaces()
	if err != nil {
		return
	}
	t.names, t.indexes = make(map[uint32]string), make(map[string]uint32)
	for _, i := range interfaces {
		t.names[uint32(i.Index)], t.indexes[i.Name] = i.Name, uint32(i.Index)
	}
}
