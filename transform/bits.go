package transform

import "math/bits"

// A bitset is a set of small numbers below the size that it was made with.
type bitset []uint64

func newBitset(size int) bitset { return make(bitset, (size+63)/64) }

func (s bitset) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }
func (s bitset) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s bitset) remove(i int)   { s[i/64] &^= 1 << (i % 64) }

// union adds o, and reports whether s has grown.
func (s bitset) union(o bitset) (grown bool) {
	for i, w := range o {
		grown = grown || w&^s[i] != 0
		s[i] |= w
	}
	return grown
}

// intersect keeps what o has, too, and reports whether s has shrunk.
func (s bitset) intersect(o bitset) (shrunk bool) {
	for i, w := range o {
		shrunk = shrunk || s[i]&^w != 0
		s[i] &= w
	}
	return shrunk
}

// fill adds every number.
func (s bitset) fill() {
	for i := range s {
		s[i] = ^uint64(0)
	}
}

// meets reports whether s and o have a member in common.
func (s bitset) meets(o bitset) bool {
	for i, w := range o {
		if w&s[i] != 0 {
			return true
		}
	}
	return false
}

// each calls f for the members, smallest first.
func (s bitset) each(f func(i int)) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			f(i*64 + bits.TrailingZeros64(w))
		}
	}
}
