package algo

import (
	"fmt"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// MatrixProduct multiplies matrices, with a label for a row that is left.
//
// async
func MatrixProduct(w *harness.World) (s string, err error) {
	a, b := [2][3]int{{1, 2, 3}, {4, 5, 6}}, [3][2]int{{1, 2}, {3, 4}, {5, 6}}
	var c [2][2]int
row:
	for i := range c {
		for j := range c[i] {
			for k, v := range a[i] {
				x, err := rt.Await(w.Get(v * b[k][j]))
				if err != nil {
					c[i][j] = -1
					continue row
				}
				c[i][j] += x
				a[i][k]++ // the copy that is ranged over does not change
			}
		}
	}
	return fmt.Sprint(c, a), nil
}

// MatrixSpiral reads a matrix in a spiral, with a switch on the direction.
//
// async
func MatrixSpiral(w *harness.World) (s string, err error) {
	m := [3][3]int{{1, 2, 3}, {8, 9, 4}, {7, 6, 5}}
	type span struct{ lo, hi int }
	top, bottom, left, right := 0, 2, 0, 2
	for dir := 0; top <= bottom && left <= right; dir = (dir + 1) % 4 {
		switch dir {
		case 0:
			for j := left; j <= right; j++ {
				s += fmt.Sprint(num(rt.Await(w.Get(m[top][j]))))
			}
			top++
		case 1:
			for i := top; i <= bottom; i++ {
				s += fmt.Sprint(m[i][right])
			}
			right--
		case 2:
			for j := right; j >= left; j-- {
				if rt.Await0(w.Do("bottom")) != nil {
					break
				}
				s += fmt.Sprint(m[bottom][j])
			}
			bottom--
			fallthrough
		default:
			if dir == 2 {
				continue
			}
			for i := bottom; i >= top; i-- {
				s += fmt.Sprint(m[i][left])
			}
			left++
		}
		s += fmt.Sprint(span{top, bottom})
	}
	return s, nil
}

// TableDynamic fills a table of distances between two words.
//
// async
func TableDynamic(w *harness.World) (string, error) {
	a, b := "kit", "sat"
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i, ca := range a {
		cur := append(make([]int, 0, len(prev)), i+1)
		for j, cb := range b {
			cost := 1
			if ca == cb {
				cost = 0
			}
			cur = append(cur, min(prev[j]+cost, prev[j+1]+1, num(rt.Await(w.Get(cur[j])))+1))
		}
		prev = cur
	}
	return fmt.Sprint(prev), nil
}

// TableMemo remembers what was computed, also for a function that calls
// itself.
//
// async
func TableMemo(w *harness.World) (string, error) {
	memo := map[int]int{0: 0, 1: 1}
	n, err := rt.Await(fib(w, memo, 7))
	return fmt.Sprint(n, len(memo), harness.Show(err)), nil
}

// async
func fib(w *harness.World, memo map[int]int, n int) (v int, err error) {
	if v, ok := memo[n]; ok {
		return v, nil
	}
	if err := rt.Await0(w.Do(fmt.Sprint("fib", n))); err != nil {
		return n, err
	}
	a, err := rt.Await(fib(w, memo, n-1))
	if err != nil {
		return a, fmt.Errorf("%d %w", n, err)
	}
	b, err := rt.Await(fib(w, memo, n-2))
	if err != nil {
		return b, err
	}
	memo[n] = a + b
	return memo[n], nil
}

// TableLife runs a game on a ring, with two arrays that are swapped.
//
// async
func TableLife(w *harness.World) (string, error) {
	cells, next := [8]bool{1: true, 2: true, 5: true}, [8]bool{}
	var out strings.Builder
	for gen := range 3 {
		for i, alive := range cells {
			n := 0
			for _, d := range [...]int{-2, -1, 1, 2} {
				if cells[(i+d+len(cells))%len(cells)] {
					n++
				}
			}
			next[i] = n == 2 || alive && n == 3
		}
		if err := rt.Await0(w.Do(fmt.Sprint("gen", gen))); err != nil {
			next[gen] = !next[gen]
		}
		cells, next = next, cells
		for i := range &cells {
			out.WriteByte(".#"[btoi(cells[i])])
		}
		out.WriteByte(' ')
	}
	return out.String(), nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TableQueens places queens, going back with a labelled continue.
//
// async
func TableQueens(w *harness.World) (string, error) {
	const n = 4
	var at [n]int
	row := 0
	var out []string
place:
	for row >= 0 && len(out) < 3 {
		for ; at[row] < n; at[row]++ {
			free := true
			for r := range row {
				if d := at[row] - at[r]; d == 0 || d == row-r || d == r-row {
					free = false
					break
				}
			}
			if !free {
				continue
			}
			if row == n-1 {
				if err := rt.Await0(w.Do(fmt.Sprint(at))); err != nil {
					out = append(out, "!")
				}
				out = append(out, fmt.Sprint(at))
				continue
			}
			row++
			at[row] = 0
			continue place
		}
		if row--; row >= 0 {
			at[row]++
		}
	}
	return fmt.Sprint(out), nil
}

// TableKnapsack tries subsets by their bits.
//
// async
func TableKnapsack(w *harness.World) (best int, err error) {
	sizes, values := []int{3, 4, 2}, []int{30, 50, 15}
	for set := range uint8(1 << 3) {
		size, value := 0, 0
		for i := range sizes {
			if set&(1<<i) == 0 {
				continue
			}
			if size += sizes[i]; size > 6 {
				break
			}
			value += values[i]
		}
		if size <= 6 && value > best && num(rt.Await(w.Get(value))) == value {
			best = value
		}
	}
	return best, nil
}
