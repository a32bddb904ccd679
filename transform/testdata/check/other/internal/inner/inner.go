// Package inner is for package other alone.
package inner

type T struct{ N int }
