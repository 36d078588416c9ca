// Package freeport finds loopback ports for servers that the examples and
// their tests start as processes of their own.
package freeport
