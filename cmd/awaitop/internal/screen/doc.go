// Package screen draws a list of waits on a terminal: once, or again and again until a person has seen enough.
package screen
