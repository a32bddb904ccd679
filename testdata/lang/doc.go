// Package lang is the language suite: programs that must do the same in
// both forms. Each is a function of a folder below; harness runs them.
package lang
