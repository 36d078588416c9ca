// Package procfs reads from Linux's /proc how much a process has used. On other systems every call
// is an error.
package procfs
