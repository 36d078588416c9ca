// Package itselftest lets a test binary stand in for the program it tests, so
// that tests see an example as its user does: arguments in, standard output and an
// exit status out.
package itselftest
