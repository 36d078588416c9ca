// Package cli is the command line of awaitop. Each command has a file.
package cli
