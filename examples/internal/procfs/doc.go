// Package procfs reads what a process has used from Linux's /proc. Other systems
// have none; there everything is an error.
package procfs
