// Package hostile is an echo server on a loop, over TCP, Unix sockets or TLS, and what clients do to it that mean no good, or know no better.
// The clients are of package net, so that nothing that is tested has a part in them. Each returns an error if the server breaks a promise
// of poll/FAULTS.md; whoever tries it looks at what is left of the server afterwards.
package hostile
