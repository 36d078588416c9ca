// Package cli is the command line of awaitop: a command a file.
package cli
