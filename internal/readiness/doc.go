// Package readiness waits until a server started as a process answers.
package readiness
