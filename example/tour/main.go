// Tour prints how coroutines, tasks, futures and the loop work, in seven small demonstrations, one file each. They are the
// classical ones of Python's asyncio; who knows that will recognise every line.
//
// Usage:
//
//	tour [section ...]
//
// Without arguments it prints all sections, otherwise those with the numbers given.
package main

import (
	"fmt"
	"os"
	"strconv"
)

//go:generate go run github.com/goasync/goasync/cmd/goasync

// The sections in the order in which they are read.
var sections = []struct {
	title string
	show  func() error
}{
	{"a generator", showGenerator},
	{"Send and Throw", showSend},
	{"a generator's return value", showResult},
	{"yield from", showDelegation},
	{"coroutines and tasks", showTasks},
	{"a future", showFuture},
	{"what happens when data arrives", showReceive},
}

func main() {
	if err := tour(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tour:", err)
		os.Exit(1)
	}
}

// tour prints the sections whose numbers are given, or all.
func tour(numbers []string) error {
	if len(numbers) == 0 {
		for i := range sections {
			numbers = append(numbers, strconv.Itoa(i+1))
		}
	}
	for _, number := range numbers {
		i, err := strconv.Atoi(number)
		if err != nil || i < 1 || i > len(sections) {
			return fmt.Errorf("no section %s; there are 1 to %d", number, len(sections))
		}
		fmt.Printf("%d. %s\n", i, sections[i-1].title)
		if err := sections[i-1].show(); err != nil {
			return fmt.Errorf("section %d: %w", i, err)
		}
		fmt.Println()
	}
	return nil
}
