// Package fatal has nothing but tests: their bodies are async functions, in which t.Fatal and t.Skip end the test as they do elsewhere.
package fatal
