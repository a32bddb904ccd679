package work

import (
	"fmt"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type entry struct {
	key, value string
	prev, next *entry
}

type lru struct {
	entries    map[string]*entry
	head, tail *entry
	most       int
}

func newLRU(most int) *lru {
	c := &lru{entries: map[string]*entry{}, head: &entry{}, tail: &entry{}, most: most}
	c.head.next, c.tail.prev = c.tail, c.head
	return c
}

func (c *lru) unlink(e *entry) { e.prev.next, e.next.prev = e.next, e.prev }

func (c *lru) push(e *entry) {
	e.prev, e.next = c.head, c.head.next
	e.prev.next, e.next.prev = e, e
}

// async
func (c *lru) get(w *harness.World, key string) (string, error) {
	e, ok := c.entries[key]
	if !ok {
		value, err := rt.Await(w.Text("load " + key))
		if err != nil {
			return "", err
		}
		if len(c.entries) == c.most {
			oldest := c.tail.prev
			if err := rt.Await0(w.Do("evict " + oldest.key)); err != nil {
				return value, fmt.Errorf("evicting: %w", err)
			}
			c.unlink(oldest)
			delete(c.entries, oldest.key)
		}
		e = &entry{key: key, value: value}
		c.entries[key] = e
	} else {
		c.unlink(e)
	}
	c.push(e)
	return e.value, nil
}

// CacheLRU loads through a cache that drops what was not used for long.
//
// async
func CacheLRU(w *harness.World) (s string, err error) {
	c := newLRU(2)
	for _, key := range strings.Fields("a b a c b a") {
		v, err := rt.Await(c.get(w, key))
		if err != nil {
			s += "! "
		}
		s += v + " "
	}
	for e := c.head.next; e != c.tail; e = e.next {
		s += e.key
	}
	return s, nil
}

type ring struct {
	buf        [4]int
	start, len int
}

func (r *ring) put(v int) bool {
	if r.len == len(r.buf) {
		return false
	}
	r.buf[(r.start+r.len)%len(r.buf)] = v
	r.len++
	return true
}

func (r *ring) take() (v int, ok bool) {
	if r.len == 0 {
		return 0, false
	}
	v = r.buf[r.start]
	r.start, r.len = (r.start+1)%len(r.buf), r.len-1
	return v, true
}

// CacheRing fills and drains a ring that is a local struct, its methods
// called through its address.
//
// async
func CacheRing(w *harness.World) (s string, err error) {
	var r ring
	snapshot := r
	for i := range 9 {
		if !r.put(num(rt.Await(w.Get(i + 1)))) {
			snapshot = r
			for v, ok := r.take(); ok && rt.Await0(w.Do("drain")) == nil; v, ok = r.take() {
				s += fmt.Sprint(v)
			}
			s += "|"
			r.put(-i)
		}
	}
	return fmt.Sprint(s, r, snapshot, r.len), nil
}

// CacheIntern gives equal strings one number, through a map of arrays.
//
// async
func CacheIntern(w *harness.World) (string, error) {
	ids := map[[2]byte]int{}
	var names [][2]byte
	id := func(key [2]byte) (n int) {
		n, ok := ids[key]
		if !ok {
			n = len(names)
			ids[key], names = n, append(names, key)
		}
		return n
	}
	var out []int
	for _, word := range []string{"ab", "cd", "ab", "ef", "cd"} {
		text, err := rt.Await(w.Text(word))
		if err != nil {
			text = "--"
		}
		key := [2]byte([]byte(text))
		out = append(out, id(key)*10+num(rt.Await(w.Get(id(key)))))
	}
	return fmt.Sprintf("%v %s", out, names), nil
}

// CacheBuilder builds text in a strings.Builder that lives across awaits: it
// must not be copied.
//
// async
func CacheBuilder(w *harness.World) (string, error) {
	var b, rest strings.Builder
	for i, part := range [...]string{"x", "y", "z"} {
		if i > 0 {
			b.WriteString(", ")
		}
		switch v, err := rt.Await(w.Text(part)); {
		case err != nil:
			fmt.Fprintf(&rest, "no %s;", part)
			if b.Len() > 4 {
				b.Reset()
			}
		default:
			b.WriteByte('[')
			b.WriteString(strings.Repeat(v, num(rt.Await(w.Get(2)))))
			b.WriteByte(']')
		}
	}
	rest.WriteString(fmt.Sprint(b.Len()))
	return b.String() + " " + rest.String(), nil
}

// CacheBits keeps flags in the bits of integers of several sizes.
//
// async
func CacheBits(w *harness.World) (string, error) {
	var small uint8
	var words [2]uint64
	for i := range 9 {
		n := uint(num(rt.Await(w.Get(i * 9))))
		words[n/64%2] |= 1 << (n % 64)
		small ^= 1 << (n & 7)
		small &^= uint8(n>>3) & uint8(num(rt.Await(w.Get(3))))
	}
	return fmt.Sprintf("%x %x", small, words), nil
}
