// Package serve runs a worker as a process: by a configuration file, with health checks and metrics over HTTP, until its
// context is done.
package serve
